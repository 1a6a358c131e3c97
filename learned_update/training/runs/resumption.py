"""Where a run goes on: after its newest whole checkpoint, or at the beginning."""

import os

from absl import logging

from learned_update.errors import invalid
from learned_update.files import reading, remove_temporaries
from learned_update.training.directory.anew import check_not_lost
from learned_update.training.saving.checkpoint import (
    checkpoint_arrays,
    restore_checkpoint,
)
from learned_update.training.saving.folder import (
    CHECKPOINT_FOLDER,
    checkpoints,
    write_checkpoint,
)
from learned_update.training.saving.newest import newest_checkpoint

WRITTEN_FOLDERS = ("", CHECKPOINT_FOLDER, "best", "plots")  # while a run goes on


def resumed(run_dir, trainer, hosts):
    """The state that a run goes on from, of which there is a checkpoint.

    Args:
        run_dir: folder of the run, which this process holds if its host writes.
        trainer: `MetaTrainer`, whose theta and optimizer slots are set.
        hosts: `Alone` or `Hosts`, which see the same folder.

    Returns:
        `TrainState`.

    Raises:
        ValueError: a run was here, but no whole checkpoint of this configuration is.
        OSError: something cannot be read or written.
    """
    folder = run_dir / CHECKPOINT_FOLDER
    with reading(folder):
        if folder.exists():
            os.listdir(folder)  # or the system says why not
    saved = checkpoints(folder)
    seen = hosts.exchange(saved[-1].name if saved else "none")
    if len({*seen}) > 1:
        raise invalid(
            "The hosts of a run do not see the same checkpoints.",
            expected=f"{seen[0]} as the newest of {run_dir}, as process 0 sees it",
            received=", ".join(f"{x} by process {i}" for i, x in enumerate(seen)),
            remedy="Put the run directory on a file system that all hosts share.",
        )
    newest = None
    if hosts.first:
        for path in remove_temporaries(*(run_dir / name for name in WRITTEN_FOLDERS)):
            logging.info("Removed %s, left by a run that was killed.", path)
        newest = newest_checkpoint(folder, trainer)
        if newest is None:
            check_not_lost(run_dir)
    (newest, *_) = hosts.exchange(newest and newest.name)
    if newest is None:
        state = trainer.initial_state()
        arrays = checkpoint_arrays(trainer, state)
        if hosts.first:
            write_checkpoint(folder, arrays)
        return state
    state = restore_checkpoint(folder / newest, trainer)
    logging.info("Resuming %s after outer step %d.", run_dir, state.outer_step)
    return state
