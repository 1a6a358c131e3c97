"""Checkpoints of a learner's meta-training."""

import json
import pathlib

import numpy as np
from keras import ops

from learned_update.archives import open_archive
from learned_update.errors import invalid
from learned_update.files import atomic_path

_LEARNER, _LOSSES = "learner", "losses"


def store(path, learner, optimizer, losses):
    """Writes theta, the optimizer's state and the losses so far, atomically."""
    variables = [*learner.trainable_variables, *optimizer.variables]
    arrays = {f"variable_{i:03d}": v for i, v in enumerate(variables)}
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        np.savez(
            file,
            **{_LEARNER: _fingerprint(learner), _LOSSES: np.asarray(losses, float)},
            **{key: ops.convert_to_numpy(v) for key, v in arrays.items()},
        )


def restore(path, learner, optimizer):
    """Reads a checkpoint, if there is one, into a learner of the same configuration.

    Returns:
        The losses of the steps done, a list; empty without a checkpoint.

    Raises:
        ValueError: the file is damaged or of another learner; nothing is changed.
    """
    path = pathlib.Path(path)
    if not path.exists():
        return []
    try:
        with path.open("rb") as file, open_archive(file) as (keys, read):
            arrays = {key: read(key) for key in keys}
    except Exception as error:  # a damaged archive makes zipfile raise many kinds
        raise invalid(
            f"The checkpoint {path} cannot be read.",
            expected="an .npz file written by few-shot training",
            received=f"{type(error).__name__}: {error}",
            remedy="Remove it to begin anew.",
        ) from error
    variables = [*learner.trainable_variables, *optimizer.variables]
    expected = {f"variable_{i:03d}": v for i, v in enumerate(variables)}
    same = str(arrays.get(_LEARNER)) == str(_fingerprint(learner))
    if (
        not same
        or arrays.keys() != {_LEARNER, _LOSSES, *expected}
        or any(arrays[key].shape != tuple(v.shape) for key, v in expected.items())
    ):
        raise invalid(
            f"The checkpoint {path} is of another learner.",
            expected=f"{_fingerprint(learner)}",
            received=f"{arrays.get(_LEARNER)}",
            remedy="Repeat the settings of that run, or name another folder.",
        )
    for key, variable in expected.items():
        variable.assign(arrays[key])
    return arrays[_LOSSES].tolist()


def _fingerprint(learner):
    """What tells learners apart, as an array of text."""
    config = {**learner.get_config(), "name": None, "dtype": None}
    return np.array(
        json.dumps({"method": learner.method, **config}, sort_keys=True, default=str)
    )
