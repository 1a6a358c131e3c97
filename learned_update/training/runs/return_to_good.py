"""A run goes back to the last good checkpoint, with smaller steps of theta."""

from absl import logging

from learned_update.training.saving.checkpoint import (
    checkpoint_arrays,
    restore_checkpoint,
)
from learned_update.training.saving.folder import (
    CHECKPOINT_FOLDER,
    checkpoints,
    outer_step_of,
    write_checkpoint,
)
from learned_update.types import ROLLED_BACK


def returned(run_dir, trainer, hosts, outer_step):
    """The state of the newest checkpoint that is not later than an outer step.

    Later ones are removed, and it is written anew with one more return counted, so
    that a run that is stopped meanwhile does the same again.

    Args:
        run_dir: folder of the run.
        trainer: `MetaTrainer`, whose theta and optimizer slots are set.
        hosts: `Alone` or `Hosts`, which do it together.
        outer_step: the last one that was not skipped.

    Returns:
        `TrainState`.
    """
    folder = run_dir / CHECKPOINT_FOLDER
    saved = checkpoints(folder)
    good = [path for path in saved if outer_step_of(path) <= outer_step] or saved[:1]
    state = restore_checkpoint(good[-1], trainer)
    hosts.exchange(None)  # all have read it
    counts = state.counts.copy()
    counts[ROLLED_BACK] += 1
    state = state._replace(counts=counts)
    arrays = checkpoint_arrays(trainer, state)
    if hosts.first:
        for path in saved:
            if outer_step_of(path) > state.outer_step:
                path.unlink()
        write_checkpoint(folder, arrays, keep=len(good))
    logging.warning(
        "Several outer steps in a row had no finite gradient: back to outer step %d, "
        "with smaller steps of theta, for the %d. time.",
        state.outer_step,
        counts[ROLLED_BACK],
    )
    return state
