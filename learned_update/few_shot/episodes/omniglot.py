"""Omniglot (Lake et al., 2015): characters of 50 alphabets, divided by class."""

import pathlib

import numpy as np

from learned_update.archives import open_archive
from learned_update.data.dataset import Dataset, check_dataset
from learned_update.data.registry import load
from learned_update.errors import invalid
from learned_update.few_shot.episodes.class_names import (
    divide_by_names,
    read_names,
    shipped_list,
)

SIZE = 28  # height and width of images, in pixels
_ARRAYS = ("x28", "char", "char_names")


def omniglot(classes="standard", size=SIZE, **options):
    """Omniglot of TensorFlow Datasets, meta-training and meta-test classes.

    Args:
        classes: `"standard"` for the 964 characters of the background set and the 659
            of the evaluation set; `"vinyals"` for 1,200 and 423 (Vinyals et al.,
            2016); or the path of a file of names of meta-test classes.
        size: height and width of images.
        **options: of `data.load`.

    Returns:
        Two `Dataset`s, ink 255 on ground 0.
    """
    parts = [
        inverted(load("omniglot", size=size, channels=1, split=split, **options))
        for split in ("train", "test")
    ]
    if classes == "standard":
        return tuple(parts)
    path = shipped_list("omniglot_vinyals_test") if classes == "vinyals" else classes
    return divide_by_names(joined("omniglot", parts), read_names(path))


def omniglot_file(path, names=None):
    """A part of Omniglot in an `.npz` file, meta-training and meta-test classes.

    Args:
        path: of the file: `x28` `(examples, 28, 28)` uint8, ink 255; `char`, the class
            of each, `(examples,)`; `char_names`, such as `Greek/character07`.
        names: path of a file of names of the meta-test classes; None takes the last
            two of the eight alphabets that `class_lists/omniglot_small_test.txt`
            names.

    Returns:
        Two `Dataset`s.

    Raises:
        ValueError: if there is no such file, it is no such archive, or the names do not
            divide it.
        OSError: if it cannot be read.
    """
    path = pathlib.Path(path)
    if not path.is_file():
        raise invalid(
            f"There is no file {path}.",
            expected=f"an .npz file with {', '.join(_ARRAYS)}",
            received="nothing at this path" if not path.exists() else "no file",
            remedy="Mend the path, or load the whole with --data omniglot.",
        )
    with path.open("rb") as file:
        try:
            with open_archive(file) as (_, read):
                images, labels, class_names = (read(key) for key in _ARRAYS)
        except Exception as error:  # a damaged archive raises many kinds
            raise invalid(
                f"{path} holds no part of Omniglot.",
                expected=f"an .npz file with {', '.join(_ARRAYS)}",
                received=f"{type(error).__name__}: {error}",
                remedy="Name another file, or load the whole with --data omniglot.",
            ) from error
    dataset = Dataset(
        "omniglot",
        images[..., None],
        labels.astype("int32"),
        tuple(map(str, class_names)),
    )
    names = read_names(shipped_list("omniglot_small_test") if names is None else names)
    return divide_by_names(check_dataset(dataset), names)


def inverted(dataset):
    """Ink 255 on ground 0 of a data set with ink 0 on ground 255."""
    return dataset._replace(images=255 - np.asarray(dataset.images))


def joined(name, datasets):
    """Data sets of different classes as one."""
    firsts = np.cumsum([0, *(len(part.class_names) for part in datasets[:-1])])
    return Dataset(
        name,
        np.concatenate([part.images for part in datasets]),
        np.concatenate(
            [part.labels + first for part, first in zip(datasets, firsts, strict=True)]
        ).astype("int32"),
        tuple(name for part in datasets for name in part.class_names),
    )
