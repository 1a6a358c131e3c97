"""Labels of any kind as indices of classes."""

import collections
import warnings
from collections.abc import Hashable

import numpy as np

from learned_update.data.dataset import UNLABELLED
from learned_update.errors import invalid

MISSING = frozenset(
    {"", "#N/A", "#NA", "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan"}
    | {"null", "-NaN", "-nan", "NaT"}
)  # what pandas reads as a missing value
LEAST_CLASSES = 2  # with one there is nothing to tell apart


def encode_labels(labels, examples, class_names=None, name="data"):
    """Counts the classes that occur, sorted; or looks labels up in names given.

    An example has no label where that is None, NaN, NaT or `pandas.NA`, a masked cell,
    or a string that pandas reads as missing, `""`, `"NA"`, `"NaN"` and the like; a
    warning counts them. Features can be learned from it, tasks leave it out.

    Args:
        labels: one label per example, as strings, integers or anything hashable; an
            array may be a column, `(examples, 1)`.
        examples: how many labels there should be.
        class_names: different names, which integers index and strings repeat, `"NA"`
            too; None makes a class of every label that occurs.
        name: what messages call the data.

    Returns:
        Indices of classes, `(examples,)` int32, -1 where there is no label; and one
        name per class, a tuple.

    Raises:
        ValueError: if there are more or fewer labels than examples, all are missing,
            one names no class, two have the same name, or there are fewer than two
            classes.
    """
    labels = _flat(labels, name)
    if len(labels) != examples:
        raise _misfit(name, f"{examples} labels, one per example", f"{len(labels)}")
    names = None if class_names is None else tuple(map(_text, class_names))
    missing = [_is_missing(label) and label not in (names or ()) for label in labels]
    known = [label for label, gone in zip(labels, missing, strict=True) if not gone]
    if names is None:
        index = _occurring(known, name)
        names = tuple(map(_text, index))
    else:
        index = {key: row for row, key in enumerate(names)}
        index |= {row: row for row in range(len(names))}
    _check_names(name, names)
    unknown = [label for label in known if label not in index]
    if unknown:
        raise _misfit(
            name,
            f"0..{len(names) - 1}, or one of the {len(names)} class names",
            f"{unknown[0]!r}",
        )
    if any(missing):
        _warn_of_missing(labels, missing, name)
    encoded = np.full(examples, UNLABELLED, "int32")
    encoded[~np.array(missing, bool)] = [index[label] for label in known]
    return encoded, names


def _warn_of_missing(labels, missing, name):
    first = missing.index(True)
    warnings.warn(
        f"Data set {name!r}: {sum(missing)} of {len(labels)} labels are missing (the "
        f"first, {labels[first]!r}, at position {first}). Features can be learned from "
        "these examples; tasks and scores leave them out.",
        UserWarning,
        stacklevel=4,
    )


def _flat(labels, name):
    """A list of hashable labels; None for those that are masked."""
    if isinstance(labels, np.ma.MaskedArray):
        mask = np.ma.getmaskarray(labels)
        labels = np.where(mask, None, labels.data.astype(object))
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
    if label is None:
        return True
    if isinstance(label, str | bytes):
        return _text(label).strip() in MISSING
    differs = label != label  # True of NaN and NaT; `pandas.NA` of itself
    return bool(differs) if isinstance(differs, bool | np.bool_) else differs is label


def _occurring(labels, name):
    """The index of each class that occurs."""
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
