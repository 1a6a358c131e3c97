"""The newest checkpoint that is whole; damaged ones are named and set aside."""

import pathlib

from absl import logging

from learned_update.errors import InvalidInputError, invalid
from learned_update.training.saving.archive import DamagedError
from learned_update.training.saving.checkpoint import fitting_arrays
from learned_update.training.saving.folder import checkpoints, set_aside


def newest_checkpoint(folder, trainer):
    """The path of the newest checkpoint that a trainer can go on from.

    Newer ones that are damaged, or lack what an older one has, are set aside with a
    warning. If none is of this configuration, all stay where they are.

    Args:
        folder: of the checkpoints.
        trainer: `MetaTrainer`.

    Returns:
        Its path; None if there is no checkpoint at all.

    Raises:
        ValueError: none is whole, or those that are belong to another configuration.
        OSError: one is there, but cannot be read or set aside.
    """
    refused, misfit = {}, None
    for path in reversed(checkpoints(folder)):
        try:
            fitting_arrays(path, trainer)
        except DamagedError as error:
            refused[path] = error
        except InvalidInputError as error:
            refused[path], misfit = error, misfit or error
        else:
            _set_aside(refused)
            return path
    if misfit is not None:
        raise misfit
    if not refused:
        return None
    _set_aside(refused)
    raise invalid(
        f"No checkpoint in {folder} is whole.",
        expected="at least one as it was written",
        received=", ".join(path.name for path in refused) + ", all damaged; they were "
        "set aside there as *.damaged",
        remedy="Put a copy of one in their place, or begin anew: give --begin_anew, or "
        "call learned_update.training.begin_anew(run_dir).",
    )


def _set_aside(refused):
    for path, error in refused.items():
        name = set_aside(pathlib.Path(path))
        logging.warning("%s It was set aside as %s.", error, name)
