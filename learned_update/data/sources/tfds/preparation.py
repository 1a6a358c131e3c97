"""Turns a data set of TensorFlow Datasets into arrays."""

import concurrent.futures
import functools
import os
from typing import NamedTuple

import numpy as np

from learned_update.data.catalogue import partitions
from learned_update.data.catalogue.tfds_catalogue import ALPHABETS, IMAGES, LABELS
from learned_update.data.classes import chosen_classes
from learned_update.data.preparation.bag_of_words import bag_of_words, vocabulary
from learned_update.data.preparation.resizing import resize, resize_all
from learned_update.data.preparation.word_ids import word_ids
from learned_update.data.sampling import few_of_each
from learned_update.data.sources.tfds import reader
from learned_update.errors import invalid
from learned_update.progress import Progress

_ALPHABET = "alphabet"  # feature of Omniglot
_VOCABULARY_SPLIT = "train"


class Choice(NamedTuple):
    """What is kept of a split.

    Attributes:
        keep: which examples, `(examples,)` bool; None for all.
        examples: how many.
        classes: indices of the classes, in the order of their new indices.
    """

    keep: np.ndarray | None
    examples: int
    classes: np.ndarray


def prepare_arrays(builder, name, known, classes, options):
    """Decides what to keep of a data set and how to make arrays of it.

    Args:
        builder: what `open_builder` returns.
        name: of the data set, for messages.
        known: `tfds_catalogue.Known` with the split to read.
        classes: names or indices of the classes to keep; None keeps all.
        options: `TfdsOptions`.

    Returns:
        How many examples there are; names of the classes; and an iterable that reads
        them as it goes, of images `(batch, height, width, channels)` and labels
        `(batch,)` int32, -1 where unknown.

    Raises:
        ValueError: if there is no such split or class, nothing is left to keep, or
            the images differ in size and none is asked for.
    """
    features = reader.features(builder, name)
    if known.kind == IMAGES:
        _check_one_shape(name, features.shape, known)
    class_names = np.array(reader.class_names(builder, features.label))
    choice = _choose(builder, name, known, features, class_names, classes, options)
    make = _images if known.kind == IMAGES else _texts
    arrays = make(builder, name, known, features, choice, options)
    new_labels = np.full(len(class_names) + 1, -1, "int32")  # the last one for -1
    new_labels[choice.classes] = np.arange(len(choice.classes))
    relabelled = ((images, new_labels[labels]) for images, labels in arrays)
    return choice.examples, tuple(class_names[choice.classes].tolist()), relabelled


def _choose(builder, name, known, features, class_names, classes, options):
    """`Choice` of parts, classes and examples; reads all labels if it needs them."""
    members = np.arange(len(class_names))
    if known.divided_by == LABELS and known.part:
        members = partitions.part_of_labels(class_names, known.part)
    size = reader.split_size(builder, name, known.split)
    by_alphabet = known.divided_by == ALPHABETS
    of_some = len(members) < len(class_names) or classes is not None
    if size and not (by_alphabet or of_some or options.examples_per_class):
        return Choice(None, size, members)

    keys = [features.label, _ALPHABET] if by_alphabet else [features.label]
    labels, *alphabets = reader.indices(builder, known.split, keys)
    keep = np.ones(len(labels), bool)
    if by_alphabet:
        keep = partitions.part_of_alphabets(
            *alphabets, known.part or partitions.PARTS[0]
        )
        members = np.unique(labels[keep])  # each split has classes of its own
    if classes is not None:
        named = class_names[members].tolist()
        members = members[chosen_classes(name, named, classes)]
    keep = keep & np.isin(labels, members)
    if not keep.any():
        raise invalid(
            f"Split {known.split!r} of data set {name!r} has no example of these "
            "classes.",
            expected="at least one",
            received=f"{len(members)} classes, {len(labels)} examples of others or "
            "without labels",
            remedy="Widen the slice, or name other classes.",
        )
    if options.examples_per_class:
        keep = few_of_each(labels, options.examples_per_class, options.seed, among=keep)
    return Choice(keep, int(keep.sum()), members)


def _images(builder, name, known, features, choice, _):
    """Yields images `(batch, size, size, channels)` and the labels as they are read."""
    read = reader.examples(builder, known.split, features, choice.keep)
    workers = os.cpu_count() or 1
    form = {"size": known.size, "channels": known.channels}
    with (
        concurrent.futures.ThreadPoolExecutor(workers) as pool,
        Progress(choice.examples, f"preparing {name}") as progress,
    ):
        for batch, labels in read:
            if isinstance(batch, list):  # of different shapes
                resized = pool.map(functools.partial(resize, **form), batch)
                yield np.stack(list(resized)), labels
            else:
                pieces = np.array_split(batch, min(workers, len(batch)))
                resized = pool.map(functools.partial(resize_all, **form), pieces)
                yield np.concatenate(list(resized)), labels
            progress.update(len(batch))


def _texts(builder, name, known, features, choice, options):
    """Yields bags of words or sequences of them and the labels, all at once."""
    splits = builder.info.splits or (_VOCABULARY_SPLIT,)
    split = _VOCABULARY_SPLIT if _VOCABULARY_SPLIT in splits else known.split
    size = reader.split_size(builder, name, split)
    labels = []

    def texts(split, keep, size, description):
        with Progress(size, f"{description} of {name}") as progress:
            for batch, of_batch in reader.examples(builder, split, features, keep):
                labels.append(of_batch)
                yield from batch
                progress.update(len(batch))

    words = vocabulary(texts(split, None, size, "vocabulary"), options.words)
    labels.clear()
    read = texts(known.split, choice.keep, choice.examples, "texts")
    if options.sequence is None:
        numbers = bag_of_words(read, words, options.counts)
    else:
        numbers = word_ids(read, words, options.sequence)
    yield numbers, np.concatenate(labels)


def _check_one_shape(name, shape, known):
    height, width, channels = shape
    unknown = None in (height, width) and known.size is None
    if unknown or (channels is None and known.channels is None):
        raise invalid(
            f"Images of data set {name!r} differ in size.",
            expected="a size, and a number of channels, to bring them to",
            received=f"size={known.size}, channels={known.channels} for images {shape}",
            remedy="Give size, such as 32, and channels, 1 or 3.",
        )
