"""Accuracy over inner steps, far beyond the longest unroll of meta-training."""

import gin

from learned_update.data import load_all
from learned_update.evaluation import Column, Protocol, few_shot
from learned_update.evaluation.results import figures
from learned_update.evaluation.results.table import with_families
from learned_update.reproductions.shared.measured import measured_scores
from learned_update.reproductions.shared.scoring import QUICK, RANDOM


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
    """Scores a rule after more and more inner steps.

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
        times, protocol = 2, {**protocol, **QUICK}
    protocol = Protocol(**{"initialisations": 3, **protocol})
    unit = max(1, longest_unroll // 20)
    steps = {unit * mark for mark in (1, 2, 5, 10)}
    steps |= {longest_unroll * mark for mark in (1, 2, 5, 10, 20, 50) if mark <= times}
    trainers = few_shot.base_trainers({name: rule}, protocol)
    marks = {name: dict.fromkeys(sorted(steps), protocol.initialisations)}
    loaded = load_all(datasets, size=size)
    scores = few_shot.score(trainers, marks, loaded, protocol, progress)
    return measured_scores(
        scores,
        Column(name, longest_unroll),
        figures.accuracy_figure(with_families(scores), longest_unroll, RANDOM),
        f"{protocol}; images of {size} pixels",
    )
