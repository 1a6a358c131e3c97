"""All few-shot learners in all situations, each measured once and kept."""

import pathlib

import gin

from learned_update.errors import invalid
from learned_update.few_shot.by_name import OF_RULES
from learned_update.few_shot.embeddings.embedding import CONVOLUTION
from learned_update.few_shot.episodes.omniglot import SIZE
from learned_update.reproductions.few_shot.cases import Case, measured_each
from learned_update.reproductions.few_shot.entries import ENTRIES
from learned_update.reproductions.few_shot.parts import (
    part_path,
    read_part,
    write_part,
)
from learned_update.reproductions.few_shot.situations import SITUATIONS
from learned_update.reproductions.few_shot.table import (
    COLUMNS,
    csv_rows,
    learners_figure,
    learners_markdown,
)
from learned_update.reproductions.shared.measured import Measured

MEASURE, LEAVE = "measure", "leave"
QUICK_SHARE, QUICK_EPISODES, QUICK_STEPS = 0.005, 4, 4
QUICK_SITUATIONS = ("glyphs 5-way 1-shot",)


@gin.configurable(module="learned_update")
def few_shot_learners(
    rule,
    name,
    quick=False,
    folder=None,
    names=tuple(ENTRIES),
    situations=None,
    omniglot="omniglot",
    classes=None,
    size=SIZE,
    share=1.0,
    episodes=600,
    embedding=CONVOLUTION,
    rule_steps=100,
    rule_episodes=None,
    seed=0,
    missing=MEASURE,
    progress=None,
):
    """Meta-trains and scores few-shot learners, and the rule beside them.

    What was measured before with the same settings is read from its file.

    Args:
        rule: `UpdateRule`.
        name: of the rule.
        quick: a two-hundredth of the outer steps, four episodes, four steps of the
            rule, one situation.
        folder: where results are kept as they are found, in `few-shot.parts`, and
            trained learners, in `few-shot.trained`; None keeps none, and every
            situation has its own meta-training.
        names: some of `ENTRIES`.
        situations: titles, some of `SITUATIONS`; None for all, in the quick form for
            one that needs no download.
        omniglot: `"omniglot"`, `"omniglot/vinyals"`, or the path of an `.npz` file.
        classes: path of a file of names of Omniglot's meta-test classes.
        size: height and width of images, in pixels.
        share: of the outer steps of `ENTRIES`.
        episodes: to score on, in each situation.
        embedding: of the learners, `"convolution"`, `"strided"` or `"mlp"`.
        rule_steps: inner steps of the rule.
        rule_episodes: of `episodes`, how many the rule is scored on; None for all.
        seed: of everything random.
        missing: `"measure"`, or `"leave"` for a table of what was measured before.
        progress: whether to show bars; None shows them on a terminal.

    Returns:
        `Measured`.

    Raises:
        ValueError: if there is no such learner or situation, or data are missing.
    """
    if situations is None:
        situations = QUICK_SITUATIONS if quick else tuple(SITUATIONS)
    _check_known("learner", names, ENTRIES)
    _check_known("situation", situations, SITUATIONS)
    _check_known("way with what is missing", (missing,), (MEASURE, LEAVE))
    if quick:
        share, episodes = share * QUICK_SHARE, QUICK_EPISODES
        rule_steps = QUICK_STEPS
    data = {"omniglot": omniglot, "size": size, "names": classes}
    folder = None if folder is None else pathlib.Path(folder)
    parts = {}
    for title in situations:
        absent = {}
        for entry_name in names:
            entry = ENTRIES[entry_name]
            made_with, count = {"seed": seed, "embedding": embedding}, episodes
            if entry.method in OF_RULES:
                made_with = {"seed": seed, "rule": rule, "inner_steps": rule_steps}
                count = rule_episodes or episodes
            case = Case(SITUATIONS[title], entry, data, made_with, share, count, name)
            part = None
            if folder is not None:
                part = read_part(_path(folder, entry_name, title), case.described)
            if part is None:
                absent[entry_name] = case
            else:
                parts[title, entry_name] = part
        if missing == LEAVE:
            continue
        kept = None if folder is None else folder / "few-shot.trained"
        for entry_name, part in measured_each(absent, kept, progress):
            parts[title, entry_name] = part
            if folder is not None:
                write_part(_path(folder, entry_name, title), part)
    return Measured(
        columns=COLUMNS,
        rows=csv_rows(parts),
        table=learners_markdown(parts, names, situations),
        figure=learners_figure(parts, names, situations),
        settings=f"Omniglot of {pathlib.Path(omniglot).name}, images {size}x{size}, "
        f"{embedding}, {episodes} episodes, accuracy in % ± half-width of the 95 % "
        f"interval over episodes of one meta-training, seed {seed}; {share:g} of the "
        f"table's outer steps; rule: {rule_steps} inner steps on the unlabelled images "
        f"of each of {rule_episodes or episodes} episodes",
    )


def _path(folder, entry_name, title):
    return part_path(folder / "few-shot.parts", entry_name, title)


def _check_known(kind, names, known):
    for name in names:
        if name not in known:
            raise invalid(
                f"There is no {kind} {name!r}.",
                expected=f"some of {', '.join(known)}",
                received=repr(name),
                remedy="Name some of these.",
            )
