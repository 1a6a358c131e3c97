"""Labels of any kind as indices of classes."""

import collections
from collections.abc import Hashable

import numpy as np

from learned_update.errors import invalid

LEAST_CLASSES = 2  # with one there is nothing to tell apart


def encode_labels(labels, examples, class_names=None, name="data"):
    """Counts the classes that occur, sorted; or looks labels up in names given.

    Args:
        labels: one label per example, as strings, integers or anything hashable; an
            array may be a column, `(examples, 1)`.
        examples: how many labels there should be.
        class_names: different names, which integers index and strings repeat; None
            makes a class of every label that occurs.
        name: what messages call the data.

    Returns:
        Indices of classes, `(examples,)` int32, and one name per class, a tuple.

    Raises:
        ValueError: if there are more or fewer labels than examples, one is missing or
            names no class, two have the same name, or there are fewer than two
            classes.
    """
    labels = _flat(labels, name)
    if len(labels) != examples:
        raise _misfit(name, f"{examples} labels, one per example", f"{len(labels)}")
    missing = [row for row, label in enumerate(labels) if _is_missing(label)]
    if missing:
        raise _misfit(
            name,
            "a label per example",
            f"{len(missing)} missing, the first at position {missing[0]}",
        )
    if class_names is None:
        index = _occurring(labels, name)
        class_names = tuple(map(_text, index))
    else:
        class_names = tuple(map(_text, class_names))
        index = {key: row for row, key in enumerate(class_names)}
        index |= {row: row for row in range(len(class_names))}
    _check_names(name, class_names)
    unknown = [label for label in labels if label not in index]
    if unknown:
        raise _misfit(
            name,
            f"0..{len(class_names) - 1}, or one of the {len(class_names)} class names",
            f"{unknown[0]!r}",
        )
    return np.array([index[label] for label in labels], "int32"), class_names


def _flat(labels, name):
    """A list of hashable labels."""
    labels = np.asarray(labels, object if isinstance(labels, list | tuple) else None)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1:
        raise invalid(
            f"Labels of data set {name!r} have another shape.",
            expected="a list or an array, (examples,) or (examples, 1)",
            received=f"{labels.shape}",
            remedy="Turn indicators of classes into indices with "
            "`labels.argmax(axis=1)`.",
        )
    labels = labels.tolist()
    for label in labels:
        if not isinstance(label, Hashable):
            raise _misfit(name, "strings, integers or anything hashable", f"{label!r}")
    return labels


def _is_missing(label):
    return label is None or (isinstance(label, float | np.floating) and np.isnan(label))


def _occurring(labels, name):
    classes = set(labels)
    if len(classes) < LEAST_CLASSES:
        raise invalid(
            f"Data set {name!r} has fewer than two classes.",
            expected=f"labels of at least {LEAST_CLASSES} classes, or no labels",
            received=f"only {next(iter(classes), 'nothing')!r}",
            remedy="Leave the labels out to use the data unlabelled.",
        )
    try:
        ordered = sorted(classes)
    except TypeError:  # such as strings among integers
        ordered = sorted(classes, key=_text)
    return {label: row for row, label in enumerate(ordered)}


def _check_names(name, class_names):
    counts = collections.Counter(class_names)
    if len(class_names) < LEAST_CLASSES or len(counts) < len(class_names):
        twice = [key for key, count in counts.items() if count > 1]
        raise invalid(
            f"Classes of data set {name!r} cannot have these names.",
            expected=f"at least {LEAST_CLASSES} different names",
            received=f"{len(class_names)} names, {twice[0]!r} more than once"
            if twice
            else f"{class_names}",
            remedy="Name every class once; labels of one class are of one type.",
        )


def _text(label):
    return label.decode() if isinstance(label, bytes) else str(label)


def _misfit(name, expected, received):
    return invalid(
        f"Labels of data set {name!r} do not fit.",
        expected=expected,
        received=received,
        remedy="Give a label per example, or leave the labels out to use the data "
        "unlabelled.",
    )
