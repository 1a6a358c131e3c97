"""All few-shot learners in all situations, each measured once and kept."""

import pathlib

import gin

from learned_update.errors import invalid
from learned_update.evaluation.learners.scores import score_learner
from learned_update.few_shot.by_name import OF_RULES, few_shot_learner
from learned_update.few_shot.episodes.omniglot import SIZE
from learned_update.reproductions.few_shot.entries import ENTRIES
from learned_update.reproductions.few_shot.parts import (
    Part,
    part_path,
    read_part,
    write_part,
)
from learned_update.reproductions.few_shot.situations import (
    SITUATIONS,
    distributions,
    fixed_tests,
)
from learned_update.reproductions.few_shot.table import (
    COLUMNS,
    csv_rows,
    learners_figure,
    learners_markdown,
)
from learned_update.reproductions.shared.measured import Measured

MEASURE, LEAVE = "measure", "leave"
QUICK_SHARE, QUICK_EPISODES = 0.02, 20
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
    embedding="convolution",
    rule_steps=100,
    seed=0,
    missing=MEASURE,
    progress=None,
):
    """Meta-trains and scores few-shot learners, and the rule beside them.

    What was measured before with the same settings is read from its file.

    Args:
        rule: `UpdateRule`.
        name: of the rule.
        quick: a fiftieth of the outer steps, 20 episodes, one situation.
        folder: where the parts are kept, in `few-shot.parts`; None keeps none.
        names: some of `ENTRIES`.
        situations: titles, some of `SITUATIONS`; None for all, in the quick form for
            one that needs no download.
        omniglot: `"omniglot"`, `"omniglot/vinyals"`, or the path of an `.npz` file.
        classes: path of a file of names of Omniglot's meta-test classes.
        size: height and width of images, in pixels.
        share: of the outer steps of `ENTRIES`.
        episodes: to score on, in each situation.
        embedding: of the learners, `"convolution"` or `"mlp"`.
        rule_steps: inner steps of the rule.
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
    common = {
        "omniglot": pathlib.Path(omniglot).name,
        "size": size,
        "episodes": episodes,
        "embedding": embedding,
        "seed": seed,
    }
    parts = {}
    for entry_name in names:
        entry = _shared(ENTRIES[entry_name], share)
        of_rule = entry.method in OF_RULES
        own = {"rule": name, "rule_steps": rule_steps} if of_rule else {}
        made_with = (
            {"rule": rule, "inner_steps": rule_steps}
            if of_rule
            else {"embedding": embedding}
        )
        trained = {}  # by the episodes of meta-training
        for title in situations:
            settings = f"{title}; {entry}; {common | own}"
            path = None
            if folder is not None:
                folder_of_parts = pathlib.Path(folder) / "few-shot.parts"
                path = part_path(folder_of_parts, entry_name, title)
            part = None if path is None else read_part(path, settings)
            if part is None and missing == MEASURE:
                situation = SITUATIONS[title]
                training, testing = distributions(
                    situation, omniglot, size, entry.training_form, classes
                )
                key = situation.data, situation.permuted, training.ways, training.shots
                if key not in trained:
                    learner = few_shot_learner(
                        entry.method, seed=seed, **entry.settings, **made_with
                    )
                    budget = {"steps": entry.steps, **entry.fit} if entry.steps else {}
                    trained[key] = learner.fit(training, progress=progress, **budget)
                fixed = fixed_tests(situation, testing, episodes, seed)
                score = score_learner(trained[key], testing, fixed, progress)
                part = Part(
                    accuracies=score.accuracies.tolist(),
                    training_seconds=trained[key].seconds,
                    adaptation_seconds=score.seconds,
                    parameters=trained[key].parameters,
                    steps=entry.steps,
                    settings=settings,
                )
                if path is not None:
                    write_part(path, part)
            if part is not None:
                parts[title, entry_name] = part
    return Measured(
        columns=COLUMNS,
        rows=csv_rows(parts),
        table=learners_markdown(parts, names, situations),
        figure=learners_figure(parts, names, situations),
        settings=f"Omniglot of {common['omniglot']}, images {size}x{size}, "
        f"{embedding}, {episodes} episodes, accuracy in % ± half-width of the 95 % "
        f"interval over episodes of one meta-training, seed {seed}; {share:g} of the "
        f"table's outer steps; rule: {rule_steps} inner steps on the unlabelled images "
        "of each episode",
    )


def _shared(entry, share):
    """The entry with a share of its outer steps."""
    if not entry.steps:
        return entry
    return entry._replace(steps=max(1, round(share * entry.steps)))


def _check_known(kind, names, known):
    for name in names:
        if name not in known:
            raise invalid(
                f"There is no {kind} {name!r}.",
                expected=f"some of {', '.join(known)}",
                received=repr(name),
                remedy="Name some of these.",
            )
