"""Reads the examples of TensorFlow Datasets."""

import itertools
import math
from typing import NamedTuple

import numpy as np

from learned_update.data.catalogue.tfds_catalogue import IMAGES, TEXTS
from learned_update.data.sources.tfds.builder import reason
from learned_update.errors import invalid

_BATCH = 512  # examples read at a time, if they are small
_BATCH_BYTES = 1 << 24  # of images read at a time
_GROUP = 64  # images of different shapes read at a time


class Features(NamedTuple):
    """The features of a data set that are read.

    Attributes:
        kind: `IMAGES` or `TEXTS`.
        example: name of the feature that holds the image or the text.
        label: name of the feature that holds the class.
        shape: `(height, width, channels)` of images, None where they differ; None for
            texts.
    """

    kind: str
    example: str
    label: str
    shape: tuple[int | None, ...] | None


def features(builder, name):
    """Finds the image or text, and the class, among the features of a data set.

    Args:
        builder: a builder that `open_builder` opened.
        name: of the data set, for messages.

    Returns:
        `Features`.

    Raises:
        ValueError: if there are none, or several to choose from.
    """
    import tensorflow_datasets as tfds

    everything = builder.info.features
    if not isinstance(everything, tfds.features.FeaturesDict):
        everything = {"": everything}  # a sequence of examples, or a single feature
    pair = builder.info.supervised_keys or ()
    present = {
        key: feature
        for key, feature in everything.items()
        if len(pair) != 2 or key in pair
    }
    images = _of_kind(present, "image", _is_image)
    texts = _of_kind(present, "text", _is_text)
    labels = _of_kind(present, "label", _is_label)
    examples = images or texts
    if len(examples) != 1 or len(labels) != 1:
        listed = ", ".join(
            f"{key} ({type(everything[key]).__name__})" for key in sorted(everything)
        )
        raise invalid(
            f"Data set {name!r} has no images or texts with classes.",
            expected="one image (uint8) or text, and one label",
            received=f"the features {listed}",
            remedy="Choose another data set or configuration, or read it yourself and "
            "give arrays.",
        )
    kind = IMAGES if images else TEXTS
    shape = tuple(present[images[0]].shape) if images else None
    return Features(kind, examples[0], labels[0], shape)


def split_size(builder, name, split):
    """Counts the examples of a split, or of a slice of it.

    Args:
        builder: a builder that `open_builder` opened.
        name: of the data set, for messages.
        split: split or slice.

    Returns:
        How many examples there are; None if the data set says nothing of its splits,
        as those made by `tfds.testing.mock_data`.

    Raises:
        ValueError: if there is no such split, or it is empty.
    """
    if not builder.info.splits:
        return None
    try:
        examples = builder.info.splits[split].num_examples
    except (ValueError, KeyError) as error:
        raise invalid(
            f"Data set {name!r} has no split {split!r}.",
            expected=f"one of {', '.join(builder.info.splits)}, 'all', or a slice such "
            "as 'train[:1000]'",
            received=f"split={split!r}",
            remedy="Name a split that exists.",
        ) from error
    if examples == 0:
        raise invalid(
            f"Split {split!r} of data set {name!r} is empty.",
            expected="at least one example",
            received="none",
            remedy="Widen the slice.",
        )
    return examples


def class_names(builder, key):
    """The names of the classes, in the order of their indices."""
    return tuple(builder.info.features[key].names)


def indices(builder, split, keys):
    """Reads features that are indices of classes, and nothing else.

    Args:
        builder: a builder that `open_builder` opened.
        split: split or slice.
        keys: names of the features.

    Returns:
        One array `(examples,)` int32 for each.

    Raises:
        ValueError: if the files are corrupt.
    """

    def pipeline(data):
        return data.map(lambda example: [example[key] for key in keys]).batch(_BATCH)

    batches = zip(*_read(builder, split, pipeline), strict=True)
    return tuple(np.concatenate(batch).astype("int32") for batch in batches)


def examples(builder, split, features, keep=None):
    """Reads images or texts with their labels, in the order of `indices`.

    Args:
        builder: a builder that `open_builder` opened.
        split: split or slice.
        features: `Features`.
        keep: `(examples,)` bool, the others are skipped without decoding them; None
            keeps all.

    Yields:
        Examples and their labels `(batch,)` int32. Images of one shape are an array
        `(batch, height, width, channels)`; images of different shapes are a list of
        arrays, and texts a list of bytes.

    Raises:
        ValueError: if the files are corrupt.
    """
    import tensorflow as tf

    one_shape = features.kind == TEXTS or None not in features.shape
    decode = builder.info.features[features.example].decode_example

    def pipeline(data):
        data = data.map(lambda both: (both[features.example], both[features.label]))
        if keep is not None:
            data = data.enumerate().filter(lambda row, _: tf.gather(keep, row))
            data = data.map(lambda _, both: both)
        if features.kind == IMAGES:
            data = data.map(
                lambda image, label: (decode(image), label),
                num_parallel_calls=tf.data.AUTOTUNE,
            )
        if one_shape:
            data = data.batch(_batch_size(features.shape))
        return data.prefetch(tf.data.AUTOTUNE)

    read = _read(builder, split, pipeline)
    for read_examples, labels in read if one_shape else _grouped(read):
        if features.kind == TEXTS:
            read_examples = list(read_examples)
        yield read_examples, np.asarray(labels, "int32")


def _read(builder, split, pipeline):
    """Yields what a pipeline makes of a split, images undecoded, as NumPy arrays."""
    import tensorflow as tf
    import tensorflow_datasets as tfds

    raw = {
        key: tfds.decode.SkipDecoding()
        for key, feature in builder.info.features.items()
        if isinstance(feature, tfds.features.Image)
    }
    data = builder.as_dataset(
        split=split,
        decoders=raw,
        read_config=tfds.ReadConfig(try_autocache=False),
        shuffle_files=False,
    )
    try:
        yield from pipeline(data).as_numpy_iterator()
    except tf.errors.OpError as error:
        raise invalid(
            f"Files of data set {builder.info.full_name!r} are corrupt or missing.",
            expected=f"the records that were prepared in {builder.data_dir}",
            received=f"{type(error).__name__}: {reason(error)}",
            remedy="Remove that folder and prepare the data set again.",
        ) from error


def _batch_size(shape):
    if shape is None:
        return _BATCH
    return max(1, min(_BATCH, _BATCH_BYTES // math.prod(shape)))


def _grouped(pairs):
    """Groups pairs into pairs of lists."""
    pairs = iter(pairs)
    while group := list(itertools.islice(pairs, _GROUP)):
        yield tuple(map(list, zip(*group, strict=True)))


def _is_image(feature):
    import tensorflow_datasets as tfds

    return isinstance(feature, tfds.features.Image) and feature.np_dtype == np.uint8


def _is_text(feature):
    import tensorflow_datasets as tfds

    return isinstance(feature, tfds.features.Text)


def _is_label(feature):
    import tensorflow_datasets as tfds

    return isinstance(feature, tfds.features.ClassLabel)


def _of_kind(features, usual_name, is_of_kind):
    """Names of the features of a kind; the one of the usual name if it is there."""
    names = [name for name, feature in features.items() if is_of_kind(feature)]
    return [usual_name] if usual_name in names else names
