"""Few-shot tasks drawn from several data sets."""

from typing import NamedTuple

import numpy as np

from learned_update.data.dataset import check_labelled
from learned_update.data.input_maps import (
    check_distribution,
    draw_input_map,
    identity_map,
    spectrum,
)
from learned_update.data.sampling import distinct_integers
from learned_update.errors import invalid
from learned_update.types import InputMap


class Task(NamedTuple):
    """What stays the same during one unroll.

    Attributes:
        dataset: index of the data set.
        classes: classes that the task tells apart, `(ways,)` int64.
        input_map: `InputMap`, float32.
    """

    dataset: int
    classes: np.ndarray
    input_map: InputMap


class TaskDistribution:
    """Draws tasks, and the examples that their inner steps read.

    Args:
        datasets: `Dataset`s of one image size.
        weights: how often each data set is drawn; None draws all equally often.
        ways: classes per task.
        shots: support examples per class.
        queries: query examples per class.
        batch_size: examples of an inner batch.
        input_maps: `InputMapDistribution`; None leaves the inputs as they are.

    Attributes:
        pixels: all examples of all data sets, `(examples, inputs)` uint8.

    Raises:
        ValueError: if the data sets differ in image size, or one has too few classes
            or examples, or does not vary; if a number, weight or probability makes
            no sense.
    """

    def __init__(
        self,
        datasets,
        weights=None,
        ways=10,
        shots=10,
        queries=10,
        batch_size=64,
        input_maps=None,
    ):
        self.datasets = tuple(check_labelled(dataset) for dataset in datasets)
        self.ways = ways
        self.shots = shots
        self.queries = queries
        self.batch_size = batch_size
        self.input_maps = input_maps
        _check_numbers(ways=ways, shots=shots, queries=queries, batch_size=batch_size)
        _check_image_sizes(self.datasets)
        for dataset in self.datasets:
            _check_enough(dataset, ways, shots, queries)
        if input_maps is not None:
            check_distribution(input_maps)
        self.weights = _normalised_weights(weights, len(self.datasets))
        self.pixels = np.concatenate(
            [
                dataset.images.reshape(len(dataset.images), -1)
                for dataset in self.datasets
            ]
        )
        self._members = []  # per data set: rows of `pixels`, class by class
        self._counts = []  # per data set: examples per class
        self._spectra = []  # per data set: `Spectrum`, if inputs are mapped
        first = 0
        for dataset in self.datasets:
            self._members.append(first + np.argsort(dataset.labels, kind="stable"))
            self._counts.append(_class_sizes(dataset))
            if input_maps is not None:
                rows = self.pixels[first : first + len(dataset.images)]
                self._spectra.append(spectrum(rows / 255))
            first += len(dataset.images)

    @property
    def input_dim(self):
        """Inputs of the base model."""
        return self.pixels.shape[1]

    def draw_task(self, rng):
        """Draws a data set, classes of it and an input map.

        Args:
            rng: NumPy generator.

        Returns:
            `Task`.
        """
        dataset = int(rng.choice(len(self.datasets), p=self.weights))
        classes = rng.permutation(len(self._counts[dataset]))[: self.ways]
        if self.input_maps is None:
            return Task(dataset, classes, identity_map(self.input_dim))
        input_map = draw_input_map(rng, self.input_maps, self._spectra[dataset])
        return Task(dataset, classes, input_map)

    def draw_examples(self, rng, task, steps):
        """Draws the examples of some inner steps, as rows of `pixels`.

        Inner batches are drawn from all examples of the task's classes, each
        independently. Support and query of one step share no example; row r of
        `support` has the label r // shots, row r of `query` the label r // queries.

        Args:
            rng: NumPy generator.
            task: `Task` of this distribution.
            steps: inner steps.

        Returns:
            Three int32 arrays: `inner` `(steps, batch_size)`, `support`
            `(steps, ways * shots)` and `query` `(steps, ways * queries)`.
        """
        members = self._members[task.dataset]
        sizes = self._counts[task.dataset]
        counts = sizes[task.classes]
        starts = (np.cumsum(sizes) - sizes)[task.classes]

        positions = rng.integers(counts.sum(), size=(steps, self.batch_size))
        ends = np.cumsum(counts)
        way = np.searchsorted(ends, positions, side="right")
        inner = members[positions + (starts - ends + counts)[way]]

        labelled = distinct_integers(
            rng, np.tile(counts, steps), self.shots + self.queries
        ).reshape(steps, self.ways, -1)
        labelled = members[labelled + starts[:, None]]
        support = labelled[..., : self.shots].reshape(steps, -1)
        query = labelled[..., self.shots :].reshape(steps, -1)
        return inner.astype("int32"), support.astype("int32"), query.astype("int32")


def _class_sizes(dataset):
    return np.bincount(dataset.labels, minlength=len(dataset.class_names))


def _check_numbers(**numbers):
    for name, number in numbers.items():
        least = 2 if name in ("ways", "batch_size") else 1
        if number < least:
            raise invalid(
                f"{name} is too small for a task.",
                expected=f"at least {least}",
                received=f"{name}={number}",
                remedy="Give a larger number.",
            )


def _check_image_sizes(datasets):
    if not datasets:
        raise invalid(
            "There is nothing to draw tasks from.",
            expected="at least one data set",
            received="none",
            remedy="Give one, such as `learned_update.data.load('digits')`.",
        )
    first = datasets[0]
    for dataset in datasets[1:]:
        if dataset.images.shape[1:] != first.images.shape[1:]:
            raise invalid(
                f"Data sets {first.name!r} and {dataset.name!r} differ in image size.",
                expected=f"{first.images.shape[1:]} in all data sets",
                received=f"{dataset.images.shape[1:]} in {dataset.name!r}",
                remedy="Resize the images, or make a task distribution per size.",
            )


def _check_enough(dataset, ways, shots, queries):
    sizes = _class_sizes(dataset)
    if len(sizes) < ways:
        raise invalid(
            f"Data set {dataset.name!r} has too few classes.",
            expected=f"at least {ways} (ways={ways})",
            received=f"{len(sizes)}",
            remedy="Lower ways, or leave the data set out.",
        )
    smallest = int(np.argmin(sizes))
    if sizes[smallest] < shots + queries:
        raise invalid(
            f"Class {dataset.class_names[smallest]!r} of data set {dataset.name!r} has "
            "too few examples.",
            expected=f"at least {shots + queries} (shots={shots}, queries={queries})",
            received=f"{sizes[smallest]}",
            remedy="Lower shots or queries, leave the class out with `subset`, or add "
            "examples.",
        )
    if (dataset.images == dataset.images[0]).all():
        raise invalid(
            f"All images of data set {dataset.name!r} are equal.",
            expected="images that differ",
            received=f"{len(dataset.images)} equal images",
            remedy="Check how they were loaded.",
        )


def _normalised_weights(weights, count):
    if weights is None:
        return np.full(count, 1 / count)
    weights = np.asarray(weights, "float64")
    sound = weights.shape == (count,) and np.isfinite(weights).all()
    if not sound or weights.min() < 0 or weights.sum() == 0:
        raise invalid(
            "Data sets cannot be weighted like this.",
            expected=f"{count} numbers of at least 0, one per data set, not all 0",
            received=f"weights={weights.tolist()}",
            remedy="Give None to draw all data sets equally often.",
        )
    return weights / weights.sum()
