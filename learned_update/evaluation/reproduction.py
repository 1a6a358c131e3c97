"""Claims of the paper, and what it lacks, each measured by one function."""

import pathlib
import time
from typing import Any, NamedTuple

import gin

from learned_update.data import load, load_all
from learned_update.errors import invalid
from learned_update.evaluation import few_shot, figures
from learned_update.evaluation.column import Column
from learned_update.evaluation.protocol import Protocol
from learned_update.evaluation.table import (
    tabulate,
    with_families,
    write_csv,
    write_markdown,
)

PAPER_SIZES = (14, 28)  # pixels, figure 4


class Measured(NamedTuple):
    """What a reproduction measured.

    Attributes:
        scores: `{data set: {Column: accuracies (initialisations, episodes)}}`.
        reference: `Column` that differences are to.
        figure: matplotlib `Figure`.
        settings: the protocol in words.
    """

    scores: dict[str, Any]
    reference: Column
    figure: Any
    settings: str


@gin.configurable(module="learned_update")
def few_labels(
    rule,
    name,
    quick=False,
    datasets=("mnist", "fashion_mnist"),
    sizes=PAPER_SIZES,
    examples_per_class=1000,
    steps=500,
    progress=None,
    **protocol,
):
    """10 labels per class at two image sizes, one base model (paper, figure 4 left).

    Args:
        rule: `UpdateRule`.
        name: of the rule.
        quick: two initialisations, 20 episodes, a tenth of the inner steps.
        datasets: names of data sets of images.
        sizes: heights and widths, in pixels.
        examples_per_class: at most as many are used of each class.
        steps: inner steps.
        progress: whether to show a bar; None shows it on a terminal.
        **protocol: fields of `Protocol`.

    Returns:
        `Measured`.
    """
    if quick:
        steps, protocol = max(1, steps // 10), {**protocol, **_QUICK}
    protocol = Protocol(**{"units": (128, 128, 32), **protocol})
    capped = {"examples_per_class": examples_per_class}
    loaded = [_sized(dataset, size, capped) for dataset in datasets for size in sizes]
    trainers = few_shot.base_trainers({name: rule}, protocol)
    marks = {name: {steps: protocol.initialisations}}
    scores = few_shot.score(trainers, marks, loaded, protocol, progress)
    return Measured(
        scores=scores,
        reference=Column(name, steps),
        figure=figures.bars_figure(scores),
        settings=f"{protocol}; at most {examples_per_class} examples of a class",
    )


@gin.configurable(module="learned_update")
def horizon(
    rule,
    name,
    quick=False,
    datasets=("digits", "glyphs/meta_test"),
    size=8,
    longest_unroll=100,
    times=10,
    progress=None,
    **protocol,
):
    """Accuracy over inner steps, far beyond the longest unroll of meta-training.

    Args:
        rule: `UpdateRule`.
        name: of the rule.
        quick: two initialisations, 20 episodes, twice the longest unroll.
        datasets: names of data sets.
        size: height and width of the images, in pixels.
        longest_unroll: inner steps of the longest unroll in meta-training.
        times: how many times as many inner steps are done.
        progress: whether to show a bar; None shows it on a terminal.
        **protocol: fields of `Protocol`.

    Returns:
        `Measured`.
    """
    if quick:
        times, protocol = 2, {**protocol, **_QUICK}
    protocol = Protocol(**{"initialisations": 3, **protocol})
    unit = max(1, longest_unroll // 20)
    steps = [unit * mark for mark in (1, 2, 5, 10)]
    steps += [longest_unroll * mark for mark in (1, 2, 5, 10, 20, 50) if mark <= times]
    loaded = load_all(datasets, size=size)
    trainers = few_shot.base_trainers({name: rule}, protocol)
    marks = {name: dict.fromkeys(sorted(set(steps)), protocol.initialisations)}
    scores = few_shot.score(trainers, marks, loaded, protocol, progress)
    return Measured(
        scores=scores,
        reference=Column(name, longest_unroll),
        figure=figures.accuracy_figure(
            with_families(scores), longest_unroll, few_shot.RANDOM_INITIALISATION
        ),
        settings=f"{protocol}; images of {size} pixels",
    )


_QUICK = {"initialisations": 2, "episodes": 20}
REPRODUCTIONS = {"fig4-left": few_labels, "horizon": horizon}


def reproduce(identifier, rule, name, folder, quick=False):
    """Measures a claim and writes `<identifier>.csv`, `.md` and `.png`.

    Args:
        identifier: one of `REPRODUCTIONS`.
        rule: `UpdateRule`.
        name: of the rule, in the table.
        folder: where to write.
        quick: a smaller form that takes minutes.

    Returns:
        The table as markdown.

    Raises:
        ValueError: there is no such identifier.
    """
    measured, seconds = _timed(_measure(identifier), rule, name, quick)
    rows = tabulate(measured.scores, measured.reference)
    form = ", quick form" if quick else ""
    caption = f"{identifier}{form}, rule {name}: {measured.settings}; {seconds:.0f} s."
    stem = pathlib.Path(folder) / identifier
    write_csv(rows, stem.with_suffix(".csv"))
    figures.save(measured.figure, stem.with_suffix(".png"))
    path = stem.with_suffix(".md")
    write_markdown(rows, measured.reference, caption, path)
    return path.read_text(encoding="utf-8")


def _measure(identifier):
    if identifier not in REPRODUCTIONS:
        raise invalid(
            f"There is no reproduction {identifier!r}.",
            expected=f"one of {', '.join(REPRODUCTIONS)}",
            received=repr(identifier),
            remedy="Name one of these.",
        )
    return REPRODUCTIONS[identifier]


def _timed(measure, *arguments):
    begun = time.perf_counter()
    measured = measure(*arguments)
    return measured, time.perf_counter() - begun


def _sized(name, size, capped):
    """A data set at a size, named so that sizes are told apart."""
    if name == "digits":
        capped = {}
    dataset = load(name, size=size, **capped)
    return dataset._replace(name=f"{dataset.name} {size}x{size}")
