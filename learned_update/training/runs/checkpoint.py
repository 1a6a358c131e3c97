"""Checkpoints: everything of a run that must survive a restart, in one `.npz`."""

import pathlib
import re

import keras
import numpy as np
from keras import ops

from learned_update.archives import open_archive
from learned_update.errors import invalid
from learned_update.files import atomic_path
from learned_update.training.outer_steps.slots import due_lengths
from learned_update.types import TrainState

SLOT_FIELDS = ("unroll", "inner_step", "unroll_length")
NAME = "outer_step_{:08d}.npz"
PATTERN = re.compile(r"outer_step_(\d+)\.npz")


def save_checkpoint(folder, trainer, state, keep=3, keep_every=None):
    """Writes a checkpoint atomically and removes old ones.

    Args:
        folder: of the checkpoints.
        trainer: `MetaTrainer`, whose theta and optimizer slots are saved.
        state: `TrainState`.
        keep: number of checkpoints to keep, the newest.
        keep_every: those at multiples of so many outer steps are kept too; None keeps
            no more.

    Returns:
        The path written.
    """
    return write_checkpoint(folder, checkpoint_arrays(trainer, state), keep, keep_every)


def write_checkpoint(folder, arrays, keep=3, keep_every=None):
    """As `save_checkpoint`, of what `checkpoint_arrays` gave."""
    path = pathlib.Path(folder) / NAME.format(arrays["outer_step"])
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        np.savez(file, **arrays)
    for old in checkpoints(folder)[:-keep]:
        if keep_every is None or outer_step_of(old) % keep_every:
            old.unlink()
    return path


def outer_step_of(path):
    """The outer step of a checkpoint, by its name."""
    return int(PATTERN.fullmatch(pathlib.Path(path).name)[1])


def checkpoints(folder):
    """Paths of the checkpoints of a folder, oldest first."""
    paths = pathlib.Path(folder).glob("outer_step_*.npz")
    return sorted(path for path in paths if PATTERN.fullmatch(path.name))


def restore_checkpoint(path, trainer):
    """Reads a checkpoint into a trainer of the same configuration.

    Nothing is changed unless the whole checkpoint fits.

    Args:
        path: of the checkpoint; it may come from another backend.
        trainer: `MetaTrainer`, whose theta and optimizer slots are set.

    Returns:
        `TrainState`.

    Raises:
        ValueError: the file is missing, truncated, foreign, or of another
            configuration.
    """
    arrays = read_checkpoint(path)
    template = checkpoint_arrays(trainer, trainer.initial_state())
    if arrays.keys() != template.keys() or any(
        arrays[key].shape != template[key].shape for key in template
    ):
        differing = sorted(
            key
            for key in arrays.keys() | template.keys()
            if key not in arrays
            or key not in template
            or arrays[key].shape != template[key].shape
        )
        raise invalid(
            f"The checkpoint {path} is of another configuration.",
            expected=f"{len(template)} arrays of the shapes of this run",
            received=f"other names or shapes for {', '.join(differing[:5])}"
            + (f" and {len(differing) - 5} more" if len(differing) > 5 else ""),
            remedy="Resume with the configuration of the run (its config.gin), or "
            "begin in a new run directory.",
        )
    for name, variables in _variables(trainer).items():
        for index, variable in enumerate(variables):
            variable.assign(arrays[f"{name}/{index:03d}"])
    return TrainState(
        outer_step=int(arrays["outer_step"]),
        skipped=np.int32(arrays["skipped"]),
        groups=tuple(
            trainer.laid(_restored_group(arrays, group, inner))
            for group, inner in zip(
                trainer.groups, trainer.initial_state().groups, strict=True
            )
        ),
    )


def _restored_group(arrays, group, inner):
    prefix = f"group/{group.index}"
    leaves = [
        ops.convert_to_tensor(arrays[f"{prefix}/phi/{index:03d}"])
        for index in range(len(keras.tree.flatten(inner.phi)))
    ]
    return inner._replace(
        phi=keras.tree.pack_sequence_as(inner.phi, leaves),
        **{field: arrays[f"{prefix}/{field}"] for field in SLOT_FIELDS},
    )


def _variables(trainer):
    return {
        "theta": trainer.rule.trainable_variables,
        "optimizer": trainer.optimizer.variables,
    }


def checkpoint_arrays(trainer, state):
    """All arrays of a checkpoint, `{name: array}`; several hosts call it together."""
    arrays = {
        "outer_step": np.int64(state.outer_step),
        "skipped": np.int64(int(state.skipped)),
    }
    for name, variables in _variables(trainer).items():
        for index, variable in enumerate(variables):
            arrays[f"{name}/{index:03d}"] = ops.convert_to_numpy(variable)
    for group, inner in zip(trainer.groups, state.groups, strict=True):
        prefix = f"group/{group.index}"
        leaves = keras.tree.flatten(trainer.devices.gather(inner.phi))
        for index, leaf in enumerate(leaves):
            arrays[f"{prefix}/phi/{index:03d}"] = leaf
        inner = inner._replace(unroll_length=due_lengths(inner))
        for field in SLOT_FIELDS:
            arrays[f"{prefix}/{field}"] = getattr(inner, field)
    return {key: np.asarray(value) for key, value in arrays.items()}


def read_checkpoint(path):
    """All arrays of a checkpoint, `{name: array}`; every byte of them is checked.

    Raises:
        ValueError: the file is missing, truncated or damaged, or is no `.npz` file.
    """
    try:
        with open(path, "rb") as file, open_archive(file) as (keys, read):
            return {key: read(key) for key in keys}
    except Exception as error:  # a damaged archive makes zipfile raise many kinds
        raise invalid(
            f"The checkpoint {path} cannot be read.",
            expected="an .npz file written by a meta-training run",
            received=f"{type(error).__name__}: {error}",
            remedy="Remove the file to resume from the one before it.",
        ) from error
