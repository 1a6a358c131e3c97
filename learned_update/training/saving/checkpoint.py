"""What a checkpoint holds: everything of a run that must survive a restart."""

import keras
import numpy as np
from keras import ops

from learned_update.errors import describe, invalid
from learned_update.training.outer_steps.slots import due_lengths
from learned_update.training.saving.archive import DamagedError, read_checkpoint
from learned_update.training.saving.folder import KEEP_LAST, write_checkpoint
from learned_update.types import TrainState

SLOT_FIELDS = ("unroll", "inner_step", "unroll_length")


def save_checkpoint(folder, trainer, state, keep=KEEP_LAST, keep_every=None):
    """Writes a checkpoint, whole or not at all, and removes old ones.

    Args:
        folder: of the checkpoints.
        trainer: `MetaTrainer`, whose theta and optimizer slots are saved.
        state: `TrainState`.
        keep: number of checkpoints to keep, the newest.
        keep_every: those at multiples of so many outer steps are kept too; None keeps
            no more.

    Returns:
        The path written.

    Raises:
        OSError: the disk is full or read-only, and the like.
    """
    return write_checkpoint(folder, checkpoint_arrays(trainer, state), keep, keep_every)


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
    arrays = fitting_arrays(path, trainer)
    for name, variables in _variables(trainer).items():
        for index, variable in enumerate(variables):
            variable.assign(arrays[f"{name}/{index:03d}"])
    return TrainState(
        outer_step=int(arrays["outer_step"]),
        counts=arrays["counts"].astype(np.int32),
        groups=tuple(
            trainer.laid(_restored_group(arrays, group, inner))
            for group, inner in zip(
                trainer.groups, trainer.initial_state().groups, strict=True
            )
        ),
    )


def fitting_arrays(path, trainer):
    """The arrays of a checkpoint that a trainer can go on from.

    Args:
        path: of the checkpoint.
        trainer: `MetaTrainer`.

    Returns:
        `{name: array}`.

    Raises:
        ValueError: they are of another configuration; or `DamagedError`: as
            `read_checkpoint`, or theta or the optimizer's slots are not finite, which
            no run writes.
    """
    arrays = read_checkpoint(path)
    if "skipped" in arrays:  # the only count of checkpoints before version 0.2
        arrays["counts"] = np.array([arrays.pop("skipped"), 0, 0], np.int32)
    template = _template(trainer)
    differing = sorted(
        key
        for key in arrays.keys() | template.keys()
        if key not in arrays
        or key not in template
        or arrays[key].shape != template[key].shape
    )
    if differing:
        raise invalid(
            f"The checkpoint {path} is of another configuration.",
            expected=f"{len(template)} arrays of the shapes of this run",
            received=f"other names or shapes for {', '.join(differing[:5])}"
            + (f" and {len(differing) - 5} more" if len(differing) > 5 else ""),
            remedy="Resume with the configuration of the run (its config.gin), or "
            "begin in a new run directory.",
        )
    broken = [
        key
        for key in template
        if key.startswith(("theta/", "optimizer/", "average/"))
        and not np.isfinite(arrays[key]).all()
    ]
    if broken:
        raise DamagedError(
            describe(
                f"The checkpoint {path} holds values that are not finite.",
                expected="finite theta and optimizer slots",
                received=f"NaN or infinity in {', '.join(broken[:5])}",
                remedy="Without it a run goes on from the one before it.",
            )
        )
    return arrays


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
        "average": trainer.average,
    }


def checkpoint_arrays(trainer, state):
    """All arrays of a checkpoint, `{name: array}`; several hosts call it together.

    They are copies, so that the run may go on while they are written.
    """
    phis = [trainer.devices.gather(inner.phi) for inner in state.groups]
    return _named_arrays(trainer, state, phis)


def _template(trainer):
    """Arrays of the names and shapes that a checkpoint of this trainer has."""
    groups = trainer.initial_groups()
    state = TrainState(outer_step=0, counts=np.zeros(3, np.int32), groups=tuple(groups))
    return _named_arrays(trainer, state, [inner.phi for inner in groups])


def _named_arrays(trainer, state, phis):
    arrays = {
        "outer_step": np.int64(state.outer_step),
        "counts": ops.convert_to_numpy(state.counts),
    }
    for name, variables in _variables(trainer).items():
        for index, variable in enumerate(variables):
            arrays[f"{name}/{index:03d}"] = ops.convert_to_numpy(variable)
    for group, inner, phi in zip(trainer.groups, state.groups, phis, strict=True):
        prefix = f"group/{group.index}"
        for index, leaf in enumerate(keras.tree.flatten(phi)):
            arrays[f"{prefix}/phi/{index:03d}"] = ops.convert_to_numpy(leaf)
        inner = inner._replace(unroll_length=due_lengths(inner))
        for field in SLOT_FIELDS:
            arrays[f"{prefix}/{field}"] = getattr(inner, field)
    return {key: np.array(value) for key, value in arrays.items()}
