"""Data sets by name."""

import functools
import inspect
import os
import pathlib
import re

from learned_update.data.catalogue.dataset_names import (
    GROUPS,
    SCRIPTS,
    dataset_names,
    unknown_dataset,
)
from learned_update.data.classes import chosen_classes
from learned_update.data.dataset import check_labelled, subset
from learned_update.data.preparation.resizing import resize_all
from learned_update.data.preparation.summary import describe
from learned_update.data.sources.digits import digits
from learned_update.data.sources.glyphs.scripts import glyphs
from learned_update.data.sources.own import own_data
from learned_update.data.sources.synthetic.images import synthetic_images
from learned_update.data.sources.synthetic.tables import synthetic_tables
from learned_update.data.sources.synthetic.text import synthetic_text
from learned_update.data.sources.tfds.loading import (
    prepare_tfds,
    tfds_dataset,
    tfds_options,
)
from learned_update.data.sources.two_moons import two_moons
from learned_update.errors import invalid

_OURS = ("glyphs/", "synthetic/")
_PATH_STARTS = ("./", "../", "/", "~")
_FILE_NAME = re.compile(
    r"[^/:]+\.[^./:]+"
)  # names of data sets have a dot after / or :


def load(name, size=None, channels=None, split=None, **options):
    """Loads a data set by its name.

    Args:
        name: one that `dataset_names()` lists, a name in TensorFlow Datasets such as
            `"kmnist"` or `"emnist/letters"`, or the path of a file or folder.
        size: height and width of images; None takes the data set's own.
        channels: 1 for grey, 3 for colour; None takes the data set's own.
        split: split or slice of TensorFlow Datasets, such as `"test"`, `"all"` or
            `"train[:1000]"`; None takes `"train"`.
        **options: `classes`, names or indices of those to keep; and the arguments of
            `glyphs`, `synthetic_images`, `synthetic_tables`, `synthetic_text`,
            `two_moons`, `tfds_options` or `from_path`.

    Returns:
        `Dataset`.

    Raises:
        ValueError: if there is no data set of that name, an argument does not apply
            to it, or it cannot be had.
        FileNotFoundError: if there is nothing at a path.
    """
    given = _given(size=size, channels=channels, split=split, **options)
    loader, applicable = _loader(name)
    _check_applicable(name, given, applicable)
    if loader is tfds_dataset:
        return tfds_dataset(name, **given)
    classes = given.pop("classes", None)
    dataset = loader(**given)
    if classes is None:
        return dataset
    class_names = check_labelled(dataset).class_names
    return subset(dataset, chosen_classes(dataset.name, class_names, classes))


def load_all(names, size=None, channels=None, **options):
    """Loads several data sets, and those that the name of a group stands for.

    Args:
        names: names that `load` or `group_names()` knows.
        size: as in `load`.
        channels: as in `load`.
        **options: as in `load`.

    Returns:
        A list of `Dataset`s.

    Raises:
        ValueError: as `load` does.
    """
    names = [names] if isinstance(names, str | os.PathLike) else names
    members = [member for name in names for member in GROUPS.get(name, (name,))]
    return [load(member, size, channels, **options) for member in members]


def prepare(name, size=None, channels=None, split=None, **options):
    """Downloads and prepares a data set ahead, so that `load` finds it at once.

    Args:
        name: as in `load`.
        size: as in `load`.
        channels: as in `load`.
        split: as in `load`.
        **options: as in `load`.

    Returns:
        `Prepared`: where it is, how large it is and whether it was there already.
        Only what comes from TensorFlow Datasets is written; the rest is made each
        time.

    Raises:
        ValueError: as `load` does.
        FileNotFoundError: as `load` does.
    """
    given = _given(size=size, channels=channels, split=split, **options)
    loader, applicable = _loader(name)
    if loader is tfds_dataset:
        _check_applicable(name, given, applicable)
        return prepare_tfds(name, **given)
    dataset = load(name, **given)
    return describe(dataset, f"files at {name}" if _is_path(name) else "this package")


def _given(**arguments):
    return {key: value for key, value in arguments.items() if value is not None}


def _digits(size=None, channels=None):
    dataset = digits()
    return dataset._replace(images=resize_all(dataset.images, size, channels))


def _glyphs(script, channels=None, **options):
    dataset = glyphs(script, **options)
    return dataset._replace(images=resize_all(dataset.images, None, channels))


def _parameters(function):
    return set(inspect.signature(function).parameters)


_LOADERS = {  # by name: the function, and the arguments that apply to it
    "digits": (_digits, _parameters(_digits)),
    "two_moons": (two_moons, _parameters(two_moons)),
} | {
    f"glyphs/{script}": (
        functools.partial(_glyphs, script),
        _parameters(glyphs) - {"script"} | {"channels"},
    )
    for script in SCRIPTS
}
_WORLD = re.compile(r"(synthetic/[a-z]+)/([0-9]+)")
_WORLDS = {
    "synthetic/images": synthetic_images,
    "synthetic/tables": synthetic_tables,
    "synthetic/text": synthetic_text,
}
_OF_PATHS = _parameters(own_data.from_path) - {"path"}
_OF_TFDS = _parameters(tfds_options) | {"size", "channels", "split"}


def _loader(name):
    """The function that loads a data set, and the names of its arguments."""
    if name in _LOADERS:
        return _LOADERS[name]
    world = _WORLD.fullmatch(name) if isinstance(name, str) else None
    if world and world[1] in _WORLDS:
        source = _WORLDS[world[1]]
        return (
            functools.partial(source, int(world[2])),
            _parameters(source) - {"world"},
        )
    if name in GROUPS:
        raise invalid(
            f"{name!r} stands for {len(GROUPS[name])} data sets.",
            expected="the name of one",
            received=f"name={name!r}",
            remedy="`load_all` loads them all.",
        )
    if _is_path(name):
        return functools.partial(own_data.from_path, name), _OF_PATHS
    if not isinstance(name, str) or name.startswith(_OURS):
        raise unknown_dataset(name)
    return tfds_dataset, _OF_TFDS


def _is_path(name):
    if isinstance(name, os.PathLike):
        return True
    if not isinstance(name, str) or name in dataset_names():
        return False
    if name.startswith(_PATH_STARTS) or name.lower().endswith(own_data.SUFFIXES):
        return True
    return _FILE_NAME.fullmatch(name) is not None or pathlib.Path(name).exists()


def _check_applicable(name, given, applicable):
    foreign = sorted(set(given) - applicable - {"classes"})
    if foreign:
        raise invalid(
            f"{foreign[0]} does not apply to data set {str(name)!r}.",
            expected=f"some of {', '.join(sorted(applicable | {'classes'}))}",
            received=f"{foreign[0]}={given[foreign[0]]!r}",
            remedy="Leave it out, or load this data set by itself.",
        )
