"""Which data sets and classes meta-training, validation and testing are kept to."""

import re

import numpy as np

from learned_update.data.catalogue.writing_systems import (
    HELD_OUT_SCRIPTS,
    META_TRAIN_SCRIPTS,
)
from learned_update.errors import invalid
from learned_update.randomness import generator

PARTS = ("meta_train", "meta_validation", "meta_test")

_TEST_SCRIPTS = ("armenian", "georgian", "hebrew", "lao")
SCRIPTS_OF_PART = {
    "meta_train": META_TRAIN_SCRIPTS,
    "meta_validation": tuple(s for s in HELD_OUT_SCRIPTS if s not in _TEST_SCRIPTS),
    "meta_test": _TEST_SCRIPTS,
}
_NAMES_OF_PART = {
    "meta_train": ("cifar10",),
    "meta_validation": (),
    "meta_test": ("mnist", "fashion_mnist", "imdb", "digits", "two_moons"),
}
SYNTHETIC = tuple(f"synthetic/{kind}" for kind in ("images", "tables", "text"))
WORLDS_OF_PART = {"meta_train": range(32), "meta_validation": range(1000, 1008)}
DIVIDED = ("imagenet", "omniglot")  # `<name>/<part>` is a data set

# Shares of ImageNet's classes, as of mini-ImageNet (Ravi and Larochelle 2017).
_SHARES = {"meta_train": 0.64, "meta_validation": 0.16, "meta_test": 0.2}
_SHARES_SEED = 0

_SHOWN = 10  # shared classes in a message

# Names of the same data in TensorFlow Datasets and here.
_SAME_DATA = {
    "imagenet2012": "imagenet",
    "imagenet_resized": "imagenet",
    "imdb_reviews": "imdb",
}


def names_of_part(part):
    """Names of the data sets that belong to a part as a whole.

    Args:
        part: one of `PARTS`.

    Returns:
        A tuple of names that `learned_update.data.load` knows.

    Raises:
        ValueError: if there is no such part.
    """
    if part not in PARTS:
        raise invalid(
            f"There is no part {part!r}.",
            expected=f"one of {', '.join(PARTS)}",
            received=f"part={part!r}",
            remedy="Meta-train on the first, tune on the second, report the third.",
        )
    glyphs = (f"glyphs/{script}" for script in SCRIPTS_OF_PART[part])
    divided = (f"{name}/{part}" for name in DIVIDED)
    return (*_NAMES_OF_PART[part], *glyphs, *divided)


def part_of(name):
    """The part that a data set belongs to.

    Args:
        name: of a data set, or of a group of them.

    Returns:
        One of `PARTS`; None for a data set that belongs to none, or that is divided.
    """
    for part in PARTS:
        if name in names_of_part(part) or name == f"glyphs/{part}":
            return part
    if name.startswith(SYNTHETIC):
        return "meta_validation" if _is_of_validation(name) else "meta_train"
    return None


def _is_of_validation(name):
    """Whether a synthetic world, or a group of them, is kept for validation."""
    last = name.rsplit("/", 1)[1]
    number = int(last) if last.isdecimal() else -1
    first = WORLDS_OF_PART["meta_validation"].start
    return last == "meta_validation" or number >= first


def part_of_labels(class_names, part):
    """Which classes of ImageNet belong to a part.

    They are drawn from the sorted names, because the original and the resized form
    count the classes in different orders.

    Args:
        class_names: names of all classes.
        part: one of `PARTS`.

    Returns:
        Indices of the part's classes, ascending.
    """
    order = generator(_SHARES_SEED).permutation(np.argsort(class_names, kind="stable"))
    ends = np.rint(np.cumsum(list(_SHARES.values())) * len(order)).astype(int)
    position = PARTS.index(part)
    start = ends[position - 1] if position else 0
    return np.sort(order[start : ends[position]])


def part_of_alphabets(alphabets, part):
    """Which drawings of Omniglot's split `train` or `test` belong to a part.

    Args:
        alphabets: index of the alphabet of each drawing, `(examples,)`.
        part: one of `PARTS`; the first has all of `train`, the second the even
            alphabets of `test` and the third the odd ones (ten each).

    Returns:
        Whether each drawing belongs to the part, `(examples,)`.
    """
    if part == "meta_train":
        return np.ones(len(alphabets), bool)
    return np.asarray(alphabets) % 2 == PARTS.index(part) - 1


def check_disjoint(first, second):
    """Raises `ValueError` if two lists of data sets have a class in common.

    A class is known by its name and by the name of its data set up to the first `/`.

    Args:
        first: `Dataset`s, such as those of meta-training.
        second: `Dataset`s, such as those of an evaluation.
    """
    shared = sorted(_classes(first) & _classes(second))
    if shared:
        named = ", ".join(f"{family}: {name}" for family, name in shared[:_SHOWN])
        more = f" and {len(shared) - _SHOWN} more" if len(shared) > _SHOWN else ""
        raise invalid(
            "Data sets that should be disjoint have classes in common.",
            expected="no class in both lists",
            received=f"{named}{more}",
            remedy="Take them from different parts: "
            "`learned_update.data.names_of_part` lists each.",
        )


def _classes(datasets):
    families = [re.split("[/:]", dataset.name.lower())[0] for dataset in datasets]
    return {
        (_SAME_DATA.get(family, family), class_name)
        for family, dataset in zip(families, datasets, strict=True)
        for class_name in dataset.class_names
    }
