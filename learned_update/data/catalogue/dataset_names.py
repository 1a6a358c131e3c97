"""The names of data sets, and what is said of a name that is none of them."""

import difflib
import re

from learned_update.data.catalogue.partitions import (
    SCRIPTS_OF_PART,
    SYNTHETIC,
    WORLDS_OF_PART,
)
from learned_update.data.catalogue.tfds_catalogue import TFDS_NAMES
from learned_update.data.catalogue.writing_systems import (
    HELD_OUT_SCRIPTS,
    META_TRAIN_SCRIPTS,
)
from learned_update.errors import invalid

SCRIPTS = META_TRAIN_SCRIPTS + HELD_OUT_SCRIPTS
_NAMES = (
    "digits",
    *(f"glyphs/{script}" for script in SCRIPTS),
    "two_moons",
    *TFDS_NAMES,
)
GROUPS = {
    f"glyphs/{part}": tuple(f"glyphs/{script}" for script in scripts)
    for part, scripts in SCRIPTS_OF_PART.items()
} | {
    f"{source}/{part}".removesuffix("/meta_train"): tuple(
        f"{source}/{number}" for number in worlds
    )
    for source in SYNTHETIC
    for part, worlds in WORLDS_OF_PART.items()
}


def dataset_names():
    """The names that `load` knows, beside those of TensorFlow Datasets and paths."""
    return _NAMES


def group_names():
    """The names that stand for several data sets, which `load_all` knows."""
    return tuple(GROUPS)


def unknown_dataset(name, more_names=()):
    """A `ValueError` for a name that is none, with names that are near to it.

    Args:
        name: what was asked for.
        more_names: names beside ours.
    """
    names = sorted({*_NAMES, *GROUPS, *more_names})
    near = difflib.get_close_matches(str(name), names)
    if not near:  # without configuration and version
        near = difflib.get_close_matches(re.split("[/:]", str(name))[0], names)
    return invalid(
        f"There is no data set {name!r}.",
        expected="a name that `dataset_names()` lists, a name in TensorFlow Datasets, "
        "or a path",
        received=f"name={name!r}",
        remedy=f"Near names: {', '.join(near or ('digits', 'glyphs/latin'))}.",
    )
