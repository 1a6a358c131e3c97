"""Meta-training and meta-test data by name."""

import pathlib

from learned_update.data import load, load_all
from learned_update.errors import invalid
from learned_update.few_shot.episodes.class_names import (
    PUBLISHED,
    divide_as_published,
    divide_by_names,
    read_names,
)
from learned_update.few_shot.episodes.omniglot import SIZE, omniglot, omniglot_file


def divided(name, size=SIZE, names=None, channels=1):
    """The data sets to meta-train on, and those to meta-test on.

    Args:
        name: `"omniglot"` or `"omniglot/vinyals"`, from TensorFlow Datasets; an
            `.npz` file with a part of Omniglot; `"glyphs"` for the scripts of
            meta-training and of meta-testing; `"cifar-fs"`, from CIFAR-100 of
            TensorFlow Datasets; any other data set, or a folder of images with a
            sub-folder a class, together with `names`.
        size: height and width of images; an `.npz` file has its own.
        names: path of a file of names of the meta-test classes, or a published
            division, `"cifar-fs"` or `"mini-imagenet"`, whose validation classes are
            left out.
        channels: 1 for grey, 3 for colour.

    Returns:
        `(meta-training, meta-test)`, lists of `Dataset`s.

    Raises:
        ValueError: if there is no such data set, or nothing says which of its classes
            to test on.
    """
    if name in ("omniglot", "omniglot/vinyals"):
        kind = name.removeprefix("omniglot").removeprefix("/") or "standard"
        return tuple([part] for part in omniglot(names or kind, size))
    if name == "glyphs":
        parts = ("meta_train", "meta_test")
        return tuple(
            load_all([f"glyphs/{part}"], size=size, channels=channels) for part in parts
        )
    if pathlib.Path(name).suffix == ".npz":
        return tuple([part] for part in omniglot_file(name, names))
    if name == "cifar-fs":
        dataset = load("cifar100", size=size, channels=channels, split="all")
        return tuple([part] for part in divide_as_published(dataset, name))
    if names is None:
        raise invalid(
            f"Which classes of {name!r} are meta-tested on is not said.",
            expected="omniglot, omniglot/vinyals, cifar-fs, glyphs, or a file of the "
            "names of the meta-test classes",
            received="no such file",
            remedy="Give one with --classes, a name a line, or mini-imagenet.",
        )
    (dataset,) = load_all([name], size=size, channels=channels)
    if names in PUBLISHED:
        return tuple([part] for part in divide_as_published(dataset, names))
    return tuple([part] for part in divide_by_names(dataset, read_names(names)))
