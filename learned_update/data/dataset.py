"""Images in memory, labelled or not, and what one does with them."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from absl import logging

from learned_update.errors import invalid
from learned_update.randomness import generator

UNLABELLED = -1  # in the place of a label that is missing among others


class Dataset(NamedTuple):
    """Images of one size; rows of a table and bags of words have height 1.

    Attributes:
        name: what messages and tables call it.
        images: `(examples, height, width, channels)`, uint8 from 0 to 255 or float32
            at the scale that the base model sees.
        labels: index of the class of each image, `(examples,)` int32, -1 where it is
            unknown; None if all are.
        class_names: one name per class; empty if unknown.
        files: of a folder, the file of each image, relative to the folder with `/`
            between names, a tuple; else empty.
    """

    name: str
    images: np.ndarray
    labels: np.ndarray | None = None
    class_names: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


def several(datasets):
    """A tuple of the data sets given, also of a single one.

    Raises:
        ValueError: if one is something else, such as a name.
    """
    if isinstance(datasets, Dataset | str) or not isinstance(datasets, Iterable):
        datasets = (datasets,)
    datasets = tuple(datasets)
    for dataset in datasets:
        if not isinstance(dataset, Dataset):
            raise invalid(
                "This is no data set.",
                expected="a `Dataset`, or several",
                received=f"{dataset!r}"
                if isinstance(dataset, str)
                else f"{type(dataset)}",
                remedy="`learned_update.data.load(name)` loads one by its name.",
            )
    return datasets


def check_dataset(dataset):
    """Returns `dataset` if it is well formed, with labels or without.

    Raises:
        ValueError: if an array has another type or shape than `Dataset` says, if
            there are no examples, if a value is not finite, if a label names no class,
            or if there are files, but not one per example.
    """
    name, images, labels, class_names, files = dataset
    images = np.asarray(images)
    if images.dtype not in (np.uint8, np.float32):
        raise invalid(
            f"Images of data set {name!r} are of another type.",
            expected="uint8 from 0 to 255, or float32",
            received=_describe(images),
            remedy="`from_arrays` converts what it is given.",
        )
    if images.dtype == np.float32 and not np.isfinite(images).all():
        raise invalid(
            f"Images of data set {name!r} hold values that are not finite.",
            expected="finite numbers",
            received=f"{np.count_nonzero(~np.isfinite(images))} NaN or infinite",
            remedy="Clean or impute the data first.",
        )
    if images.ndim != 4 or 0 in images.shape:
        raise invalid(
            f"Images of data set {name!r} have another shape.",
            expected="(examples, height, width, channels), all at least 1",
            received=f"{images.shape}",
            remedy="Give grey images a last axis of 1: `images[..., None]`.",
        )
    if labels is not None:
        _check_labels(name, len(images), np.asarray(labels), class_names)
    if files and len(files) != len(images):
        raise invalid(
            f"Files of data set {name!r} do not fit its images.",
            expected=f"{len(images)} names, one per image, or none",
            received=f"{len(files)}",
            remedy="Select examples with `take_rows`, which keeps both together.",
        )
    return dataset


def check_labelled(dataset):
    """The labelled examples of a data set, which is well formed.

    Args:
        dataset: `Dataset`.

    Returns:
        `dataset`, without the examples that have no label; how many these are is
        logged.

    Raises:
        ValueError: if no example has a label, or as `check_dataset` does.
    """
    if dataset.labels is None or (check_dataset(dataset).labels == UNLABELLED).all():
        raise invalid(
            f"Data set {dataset.name!r} has no labels.",
            expected="a label per example, to draw tasks or to score",
            received="unlabelled examples",
            remedy="Give labels, or use the data where none are needed: "
            "`train_base_model`, `LearnedUpdateEncoder.fit`.",
        )
    known = check_dataset(dataset).labels != UNLABELLED
    if known.all():
        return dataset
    logging.info(
        "%d of %d examples of data set %r have no label and are left out.",
        np.count_nonzero(~known),
        len(known),
        dataset.name,
    )
    return take_rows(dataset, known)


def _check_labels(name, examples, labels, class_names):
    if labels.shape != (examples,) or labels.dtype != np.int32:
        raise invalid(
            f"Labels of data set {name!r} do not fit its images.",
            expected=f"int32 of shape {(examples,)}, one per image",
            received=_describe(labels),
            remedy="Reshape them, or cast them with `labels.astype('int32')`.",
        )
    if labels.min() < UNLABELLED or labels.max() >= len(class_names):
        raise invalid(
            f"Labels of data set {name!r} do not fit its {len(class_names)} class "
            "names.",
            expected=f"labels in 0..{len(class_names) - 1}, or {UNLABELLED} for none",
            received=f"labels from {labels.min()} to {labels.max()}",
            remedy="Name every class, and count from 0.",
        )


def subset(dataset, classes):
    """The examples of some classes, relabelled 0, 1, .. in the order given.

    Args:
        dataset: `Dataset`.
        classes: indices of classes, all different.

    Returns:
        `Dataset` with the examples in their old order, those without label left out.

    Raises:
        ValueError: if the data set has no labels, or a class does not exist or is
            given twice.
    """
    dataset = check_labelled(dataset)
    classes = [int(index) for index in classes]
    count = len(dataset.class_names)
    if len(set(classes)) < len(classes) or any(not 0 <= c < count for c in classes):
        raise invalid(
            f"These are not classes of data set {dataset.name!r}.",
            expected=f"different indices in 0..{count - 1}",
            received=f"classes={classes}",
            remedy="Leave out what occurs twice or does not exist.",
        )
    new_labels = np.full(count, -1, "int32")
    new_labels[classes] = np.arange(len(classes))
    chosen = dataset._replace(
        labels=new_labels[dataset.labels],
        class_names=tuple(dataset.class_names[index] for index in classes),
    )
    return take_rows(chosen, chosen.labels >= 0)


def flatten(dataset):
    """What the base model sees, `(examples, inputs)` float32; uint8 as [0, 1]."""
    pixels = dataset.images.reshape(len(dataset.images), -1)
    scale = 255 if pixels.dtype == np.uint8 else 1
    return pixels.astype("float32") / np.float32(scale)


def split(dataset, fraction, seed):
    """Splits every class at random in the same proportion.

    Args:
        dataset: `Dataset`.
        fraction: share of each class that goes to the first part, rounded to whole
            examples, with at least one example in each part.
        seed: integer.

    Returns:
        Two `Dataset`s with the same classes, examples in their old order, those
        without label left out.

    Raises:
        ValueError: if `fraction` is not between 0 and 1, or a class has fewer than
            two examples.
    """
    if not 0 < fraction < 1:
        raise invalid(
            "A data set cannot be split in this proportion.",
            expected="a fraction between 0 and 1, both excluded",
            received=f"fraction={fraction}",
            remedy="Use the data set as it is if one part is all you need.",
        )
    dataset = check_labelled(dataset)
    first = np.zeros(len(dataset.labels), bool)
    for label, class_name in enumerate(dataset.class_names):
        members = np.flatnonzero(dataset.labels == label)
        if len(members) < 2:
            raise invalid(
                f"Class {class_name!r} of data set {dataset.name!r} cannot be split.",
                expected="at least 2 examples",
                received=f"{len(members)}",
                remedy="Leave the class out with `subset`, or add examples.",
            )
        size = np.clip(round(fraction * len(members)), 1, len(members) - 1)
        first[generator(seed, label).permutation(members)[:size]] = True
    return take_rows(dataset, first), take_rows(dataset, ~first)


def take_rows(dataset, kept):
    """Some examples of a data set, with their labels and files.

    Args:
        dataset: `Dataset`.
        kept: indices, or a mask of bool, `(examples,)`.
    """
    indices = np.arange(len(dataset.images))[kept]
    return dataset._replace(
        images=dataset.images[kept],
        labels=None if dataset.labels is None else dataset.labels[kept],
        files=tuple(dataset.files[index] for index in indices) if dataset.files else (),
    )


def _describe(array):
    text = f"{array.dtype} of shape {array.shape}"
    if array.dtype.kind == "f" and np.isnan(array).any():
        text += f" with {np.isnan(array).sum()} NaN"
    return text
