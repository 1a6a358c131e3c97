"""What the parts of an outer step of a run take."""

import pathlib
import statistics
import tempfile
import time

from learned_update.training.saving.archive import write_archive
from learned_update.training.saving.checkpoint import checkpoint_arrays

REPEATS = 3


def part_seconds(trainer, state):
    """Seconds of what the host does for a run, medians.

    Args:
        trainer: `MetaTrainer`.
        state: `TrainState`.

    Returns:
        `{part: seconds}`.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "checkpoint.npz"
        arrays = checkpoint_arrays(trainer, state)
        return {
            "draw of an outer step": _median(lambda: trainer.draw(state)),
            "copy for a checkpoint": _median(lambda: checkpoint_arrays(trainer, state)),
            "writing a checkpoint": _median(lambda: write_archive(path, arrays)),
        }


def _median(act):
    seconds = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds)
