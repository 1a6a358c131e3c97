"""Arrays in files of NumPy."""

import numpy as np

from learned_update.archives import open_archive
from learned_update.data.sources.own.guesses import say
from learned_update.errors import InvalidInputError, invalid

IMAGE_KEYS = ("X", "x", "images", "data", "features", "X_train", "x_train", "arr_0")
LABEL_KEYS = ("y", "labels", "label", "target", "targets", "y_train", "Y")
_ZIP = b"PK\x03\x04"  # what a .npz file begins with


def read_arrays(path):
    """The array of a `.npy` file, or images and labels of a `.npz` file.

    Executes no code: arrays of Python objects are refused.

    Args:
        path: a `.npy` file, or a `.npz` file with one of `IMAGE_KEYS` and possibly
            one of `LABEL_KEYS`; a warning names the keys that are not used.

    Returns:
        Two arrays; the second is None if there are no labels.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: if the file is corrupt or truncated, holds objects, or does not
            say what is what by its keys.
    """
    with open(path, "rb") as file:
        try:
            return _read(path, file)
        except (InvalidInputError, Warning):  # warnings may be errors
            raise
        except Exception as error:  # a damaged archive makes zipfile raise many kinds
            raise _unreadable(path, error) from error


def _read(path, file):
    if file.read(len(_ZIP)) == _ZIP:
        with open_archive(file) as (keys, read):
            images = _key(path, keys, IMAGE_KEYS, least=1)
            labels = _key(path, keys, LABEL_KEYS, least=0)
            found = read(images), None if labels is None else read(labels)
        _warn_of_unused(path, keys, images, labels)
        return found
    file.seek(0)
    array = np.load(file, allow_pickle=False)
    if file.read(1):
        raise ValueError("it is longer than its header says")
    return array, None


def _unreadable(path, error):
    return invalid(
        f"{path} holds no arrays that can be read.",
        expected="what numpy.save or numpy.savez wrote, without Python objects",
        received=f"{type(error).__name__}: {error}",
        remedy="Save the arrays again, as numbers or strings.",
    )


def _warn_of_unused(path, present, images, labels):
    unused = [key for key in present if key not in (images, labels)]
    if unused:
        say(
            f"{path}: the keys {', '.join(unused)} are not used; examples are "
            f"{images!r}, labels {'missing' if labels is None else repr(labels)} "
            f"(possible: {', '.join(LABEL_KEYS)})."
        )


def _key(path, present, known, least):
    """The one key of `known` that a file has; None if it has none and may."""
    found = [key for key in known if key in present]
    if not least <= len(found) <= 1:
        raise invalid(
            f"{path} does not say which array is meant.",
            expected=f"one of the keys {', '.join(known)}",
            received=f"the keys {', '.join(present)}",
            remedy="Save it with numpy.savez(path, X=..., y=...).",
        )
    return found[0] if found else None
