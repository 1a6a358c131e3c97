"""Data sets by name and the tasks that are drawn from them, configured by gin."""

import os

import gin

from learned_update.data.dataset import Dataset
from learned_update.data.registry import load, load_all
from learned_update.data.tasks.distribution import TaskDistribution
from learned_update.data.tasks.input_maps import InputMapDistribution

gin.external_configurable(InputMapDistribution, module="learned_update")


@gin.configurable(module="learned_update")
def named_dataset(
    name=gin.REQUIRED, classes=None, size=None, channels=None, split=None
):
    """Loads one data set by name, for a mixture that needs more than a name.

    Args:
        name: a name or path that `load` knows.
        classes: names or indices of those to keep, at least two; None keeps all.
        size: height and width of the images; None takes the data set's own.
        channels: 1 for grey, 3 for colour; None takes the data set's own.
        split: of TensorFlow Datasets; None takes `"train"`.

    Returns:
        `Dataset`.
    """
    return load(name, size, channels, split, classes=classes)


@gin.configurable(module="learned_update")
def named_datasets(names=gin.REQUIRED, size=None, channels=None):
    """Loads data sets by name, for evaluation.

    Args:
        names: names or paths that `load_all` knows, or `Dataset`s.
        size: height and width of the images; None takes each data set's own.
        channels: 1 for grey, 3 for colour; None takes each data set's own.

    Returns:
        A list of `Dataset`s.
    """
    return [each for members in _entries(names, size, channels) for each in members]


@gin.configurable(module="learned_update")
def task_distribution(
    datasets=gin.REQUIRED,
    weights=None,
    size=None,
    channels=None,
    ways=10,
    shots=10,
    queries=10,
    input_maps=None,
    augmentation=None,
    normalisation="none",
):
    """A weighted mixture of data sets that tasks are drawn from.

    Args:
        datasets: names or paths that `load_all` knows, or `Dataset`s.
        weights: how often each entry is drawn, its data sets alike; None draws all
            entries equally often.
        size: height and width of the images.
        channels: 1 for grey, 3 for colour.
        ways: classes per task.
        shots: support examples per class.
        queries: query examples per class.
        input_maps: `InputMapDistribution`; None leaves the inputs as they are.
        augmentation: `Augmentation`; None leaves the images as they are.
        normalisation: `"none"`, `"inputs"` or `"data_set"`.

    Returns:
        `TaskDistribution`.

    Raises:
        ValueError: there is no such data set, or as `TaskDistribution`.
    """
    entries = _entries(datasets, size, channels)
    return TaskDistribution(
        [member for members in entries for member in members],
        weights=_member_weights(entries, weights),
        ways=ways,
        shots=shots,
        queries=queries,
        input_maps=input_maps,
        augmentation=augmentation,
        normalisation=normalisation,
    )


def _entries(names, size, channels):
    """The data sets of every entry, which is a `Dataset` or a name of some."""
    names = [names] if isinstance(names, str | os.PathLike) else names
    return [
        [entry] if isinstance(entry, Dataset) else load_all([entry], size, channels)
        for entry in names
    ]


def _member_weights(entries, weights):
    """A weight per data set: that of its entry, shared by the entry's members."""
    if weights is None:
        weights = [1.0] * len(entries)
    elif len(weights) != len(entries):
        return weights  # refused, with its number, by `TaskDistribution`
    return [
        weight / len(members)
        for members, weight in zip(entries, weights, strict=True)
        for _ in members
    ]
