"""A checkpoint as a file: arrays in a sealed `.npz`."""

import numpy as np

from learned_update.archives import check_seal, open_archive, seal
from learned_update.errors import InvalidInputError, describe
from learned_update.files import atomic_path, reading


class DamagedError(InvalidInputError):
    """A checkpoint is not what was written, or is no checkpoint at all."""


def write_archive(path, arrays):
    """Writes arrays, whole or not at all; they are on disk when it returns.

    Args:
        path: of the checkpoint.
        arrays: `{name: array}`.

    Raises:
        StorageError: as `atomic_path`.
    """
    with atomic_path(path) as temporary:
        with temporary.open("wb") as file:
            np.savez(file, **arrays)
        seal(temporary)


def read_checkpoint(path):
    """All arrays of a checkpoint, `{name: array}`; every byte of them is checked.

    Raises:
        ValueError: `DamagedError`: the file is missing, truncated or damaged, or is no
            `.npz` file.
        OSError: it is there, but cannot be read.
    """
    try:
        with reading(path), open(path, "rb") as file:
            problem = _problem(check_seal, file)
            if problem is None:
                arrays, problem = _arrays(file)
    except FileNotFoundError as error:
        problem = error
    if problem is not None:
        raise DamagedError(
            describe(
                f"The checkpoint {path} cannot be read.",
                expected="an .npz file as a meta-training run wrote it",
                received=f"{type(problem).__name__}: {problem}",
                remedy="Without it a run goes on from the one before it.",
            )
        ) from problem
    return arrays


def _problem(check, file):
    try:
        check(file)
    except OSError:  # of the disk, and not of what the file holds
        raise
    except Exception as error:
        return error
    return None


def _arrays(file):
    """`(arrays, None)`, or `(None, error)`."""
    try:
        with open_archive(file) as (keys, read):
            return {key: read(key) for key in keys}, None
    except Exception as error:  # a damaged archive makes zipfile raise many kinds
        return None, error
