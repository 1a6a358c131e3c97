"""The course of learning, stage by stage."""

from typing import NamedTuple

import numpy as np

from learned_update.data import flatten
from learned_update.demo.learning.few_labels import FewLabels, few_labels
from learned_update.demo.learning.projection import projected
from learned_update.demo.learning.settings import SEED
from learned_update.estimator import LearnedUpdateEncoder
from learned_update.randomness import generator

SHOWN = 1000  # rows of the projection and of the few-shot episodes
STAGES = 25  # at equal distances, and as many at equal ratios: much happens early


class Course(NamedTuple):
    """What stays the same in all stages.

    Attributes:
        x: all rows, `(rows, inputs)` float32.
        shown: indices of the rows that are looked at, sorted.
        labels: of these, `(shown,)`, -1 for none; None if there are none at all.
        few_labels: `FewLabels` of these, or None.
        raw_accuracy: of the inputs themselves, None without labels.
        encoder: `LearnedUpdateEncoder` before it is fitted.
    """

    x: np.ndarray
    shown: np.ndarray
    labels: np.ndarray | None
    few_labels: FewLabels | None
    raw_accuracy: float | None
    encoder: LearnedUpdateEncoder


class Stage(NamedTuple):
    """What there is after some inner steps.

    Attributes:
        step: how many.
        encoder: fitted `LearnedUpdateEncoder`.
        points: projection of the shown rows, `(shown, 2)`.
        accuracies: `(step, few-shot accuracy)` up to here; empty without labels.
    """

    step: int
    encoder: LearnedUpdateEncoder
    points: np.ndarray
    accuracies: tuple[tuple[int, float], ...]


def course(dataset, chosen):
    """A `Course` of a data set.

    Args:
        dataset: `Dataset`.
        chosen: `Settings`.
    """
    x = flatten(dataset)
    rows = generator(SEED).permutation(len(x))[:SHOWN]
    shown = np.sort(rows)
    labels = None if dataset.labels is None else dataset.labels[shown]
    episodes = few_labels(labels, SEED)
    encoder = LearnedUpdateEncoder(
        chosen.rule,
        units=chosen.units,
        steps=chosen.steps,
        standardise=dataset.images.dtype != np.uint8,
        random_state=SEED,
    )
    raw = (
        None if episodes is None else episodes.accuracy(_comparable(x, encoder)[shown])
    )
    return Course(x, shown, labels, episodes, raw, encoder)


def stages(course):
    """Yields the `Stage`s of a course; the last is what `encoder.fit` becomes.

    Raises:
        ValueError: as `LearnedUpdateEncoder.fit`.
    """
    points, accuracies = None, ()
    at = stage_steps(course.encoder.steps)
    for encoder in course.encoder.staged_fit(course.x, at):
        features = encoder.transform(course.x[course.shown])
        points = projected(features, points)
        if course.few_labels is not None:
            scored = encoder.n_steps_, course.few_labels.accuracy(features)
            accuracies = (*accuracies, scored)
        yield Stage(encoder.n_steps_, encoder, points, accuracies)


def stage_steps(steps):
    """Numbers of steps after which there is a stage, increasing up to `steps`."""
    even = np.linspace(1, steps, STAGES)
    early = np.geomspace(1, steps, STAGES)
    return [int(step) for step in np.unique(np.rint([*even, *early]))]


def _comparable(x, encoder):
    """Rows as the base model sees them."""
    if not encoder.standardise:
        return x
    deviation = x.std(axis=0, dtype=np.float64)
    return (x - x.mean(axis=0, dtype=np.float64)) / np.where(
        deviation > 0, deviation, 1
    )
