"""Few-shot tasks drawn from several data sets."""

from typing import NamedTuple

import numpy as np

from learned_update.data.dataset import check_labelled, flatten, several
from learned_update.data.sampling import distinct_integers
from learned_update.data.tasks.augmentation import (
    check_augmentation,
    draw_coefficients,
    noise_bank,
    regression_targets,
)
from learned_update.data.tasks.input_maps import (
    Spectrum,
    check_distribution,
    draw_input_map,
    identity_map,
    spectrum,
)
from learned_update.data.tasks.normalisation import (
    check_normalisation,
    normalisation,
    normalised_first,
)
from learned_update.errors import invalid
from learned_update.types import EpisodeShape, InputMap, PixelMap, Resident, TaskBatch


class Task(NamedTuple):
    """What stays the same during one unroll.

    Attributes:
        dataset: index of the data set.
        classes: classes that the task tells apart, `(ways,)` int64.
        input_map: `InputMap` or `PixelMap`, float32.
    """

    dataset: int
    classes: np.ndarray
    input_map: InputMap | PixelMap


class TaskDistribution:
    """Draws tasks, and the examples that their inner steps read.

    Args:
        datasets: `Dataset`s of one image size, labelled; or a single one.
        weights: how often each data set is drawn; None draws all equally often.
        ways: classes per task.
        shots: support examples per class.
        queries: query examples per class.
        input_maps: `InputMapDistribution`; None leaves the inputs as they are.
        augmentation: `Augmentation` of every example that is read; None for none.
        normalisation: of the inputs, before they are mapped: `"none"`, `"inputs"` or
            `"data_set"`, by the moments of the task's data set.

    Attributes:
        pixels: all examples of all data sets, `(examples, inputs)` uint8, or float32
            at the scale of the base model if a data set has floats.
        episode: `EpisodeShape`.

    Raises:
        ValueError: if the data sets differ in image size, or one has no labels, too
            few classes or examples, or does not vary; if a number, weight,
            probability or magnitude makes no sense.
    """

    def __init__(
        self,
        datasets,
        weights=None,
        ways=10,
        shots=10,
        queries=10,
        input_maps=None,
        augmentation=None,
        normalisation="none",
    ):
        self.datasets = tuple(map(check_labelled, several(datasets)))
        self.ways = ways
        self.shots = shots
        self.queries = queries
        self.input_maps = input_maps
        self.augmentation = augmentation
        self.normalisation = normalisation
        _check_numbers(ways=ways, shots=shots, queries=queries)
        _check_image_sizes(self.datasets)
        for dataset in self.datasets:
            _check_enough(dataset, ways, shots, queries)
        if input_maps is not None:
            check_distribution(input_maps)
        if augmentation is not None:
            check_augmentation(augmentation, self.image_shape)
        check_normalisation(normalisation)
        self.weights = _normalised_weights(weights, len(self.datasets))
        self.pixels = _all_pixels(self.datasets)
        self._members = []  # per data set: rows of `pixels`, class by class
        self._counts = []  # per data set: examples per class
        self._normalisations = []  # per data set: `Normalisation`
        self._spectra = []  # per data set: `Spectrum` of the normalised inputs
        first = 0
        for dataset in self.datasets:
            self._members.append(first + np.argsort(dataset.labels, kind="stable"))
            self._counts.append(_class_sizes(dataset))
            self._describe_inputs(self.pixels[first : first + len(dataset.images)])
            first += len(dataset.images)

    def _describe_inputs(self, pixels):
        """Keeps the moments of a data set that its tasks need."""
        inputs = pixels.shape[1]
        tilted = self.input_maps is not None and self.input_maps.tilt > 0
        needed = tilted or self.normalisation != "none"
        values = pixels / 255 if needed and pixels.dtype == np.uint8 else pixels
        moments = normalisation(self.normalisation, values)
        self._normalisations.append(moments)
        self._spectra.append(
            spectrum((values - moments.mean) * moments.scale)
            if tilted
            else Spectrum(mean=np.zeros(inputs))
        )

    @property
    def input_dim(self):
        """Inputs of the base model."""
        return self.pixels.shape[1]

    @property
    def image_shape(self):
        """`(height, width, channels)`."""
        return self.datasets[0].images.shape[1:]

    @property
    def episode(self):
        """`EpisodeShape`: what compiled code knows of the tasks beforehand."""
        if self.augmentation is None:
            return EpisodeShape(self.ways, self.shots, self.queries)
        return EpisodeShape(
            self.ways,
            self.shots,
            self.queries,
            self.image_shape,
            regression_targets(self.augmentation),
        )

    def resident(self):
        """`Resident` arrays: what is to lie on the device."""
        if self.augmentation is None:
            return Resident(self.pixels)
        return Resident(self.pixels, noise_bank(self.augmentation, self.input_dim))

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
            input_map = identity_map(self.input_dim)
        else:
            ceiling = 1.0 if self.normalisation == "none" else 0.0
            spectrum = self._spectra[dataset]
            input_map = draw_input_map(rng, self.input_maps, spectrum, ceiling)
        if self.normalisation != "none":
            input_map = normalised_first(input_map, self._normalisations[dataset])
        return Task(dataset, classes, input_map)

    def draw_batch(self, rng, task, steps, batch_size):
        """Draws what some inner steps of a task read, as rows of `pixels`.

        Inner batches are drawn from all examples of the task's classes, each
        independently. Support and query of one step share no example; row r of
        `support` has the label r // shots, row r of `query` the label r // queries.

        Args:
            rng: NumPy generator.
            task: `Task` of this distribution.
            steps: inner steps.
            batch_size: examples of an inner batch.

        Returns:
            `TaskBatch` of arrays without the `tasks` axis.
        """
        members = self._members[task.dataset]
        sizes = self._counts[task.dataset]
        counts = sizes[task.classes]
        starts = (np.cumsum(sizes) - sizes)[task.classes]

        positions = rng.integers(counts.sum(), size=(steps, batch_size))
        ends = np.cumsum(counts)
        way = np.searchsorted(ends, positions, side="right")
        inner = members[positions + (starts - ends + counts)[way]]

        labelled = distinct_integers(
            rng, np.tile(counts, steps), self.shots + self.queries
        ).reshape(steps, self.ways, -1)
        labelled = members[labelled + starts[:, None]]
        support = labelled[..., : self.shots].reshape(steps, -1)
        query = labelled[..., self.shots :].reshape(steps, -1)
        rows = (part.astype("int32") for part in (inner, support, query))
        if self.augmentation is None:
            return TaskBatch(*rows)
        count = batch_size + self.ways * (self.shots + self.queries)
        return TaskBatch(
            *rows,
            *draw_coefficients(rng, self.augmentation, self.image_shape, steps, count),
        )


def _all_pixels(datasets):
    """Rows of all data sets; uint8 if all are, else what the base model sees."""
    if any(dataset.images.dtype != np.uint8 for dataset in datasets):
        return np.concatenate([flatten(dataset) for dataset in datasets])
    return np.concatenate(
        [dataset.images.reshape(len(dataset.images), -1) for dataset in datasets]
    )


def _class_sizes(dataset):
    return np.bincount(dataset.labels, minlength=len(dataset.class_names))


def _check_numbers(**numbers):
    for name, number in numbers.items():
        least = 2 if name == "ways" else 1
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
