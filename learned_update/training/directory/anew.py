"""A run that begins anew where another one was, whose files are kept."""

import pathlib

from learned_update.configuration import CONFIG_FILE
from learned_update.errors import invalid
from learned_update.files import sync, utf8_text, writing
from learned_update.run_metrics import METRICS_FILE
from learned_update.training.directory.lock import run_lock
from learned_update.training.saving.folder import CHECKPOINT_FOLDER, damaged_checkpoints

BEFORE = "before_{}"  # folder of what an earlier run wrote


def begin_anew(run_dir):
    """Moves all that a run wrote into a folder `before_1`, `before_2`, .. in it.

    What stays is `config.gin`. The next run in the directory begins at the first outer
    step.

    Args:
        run_dir: folder of the run.

    Returns:
        The folder; None if there is nothing to move.

    Raises:
        ValueError: a run is at work in the directory.
        StorageError: nothing can be written there.
    """
    run_dir = pathlib.Path(run_dir)
    with run_lock(run_dir), writing(run_dir):
        moved = [path for path in run_dir.iterdir() if _of_a_run(path)]
        if not moved:
            return None
        number = 1
        while (run_dir / BEFORE.format(number)).exists():
            number += 1
        folder = run_dir / BEFORE.format(number)
        folder.mkdir()
        # Metrics last: a directory with them, but without checkpoints, is not begun.
        for path in sorted(moved, key=lambda path: path.name == METRICS_FILE):
            path.rename(folder / path.name)
        sync(folder)
        sync(run_dir)
    return folder


def check_not_lost(run_dir):
    """Refuses a directory without a checkpoint in which a run has been.

    A run writes a checkpoint before its first metrics, so they are lost.

    Args:
        run_dir: folder of a run that has no checkpoint.

    Raises:
        ValueError: there are metrics, or checkpoints that were set aside.
    """
    metrics = pathlib.Path(run_dir) / METRICS_FILE
    folder = pathlib.Path(run_dir) / CHECKPOINT_FOLDER
    left = [path.name for path in damaged_checkpoints(folder)]
    if metrics.is_file() and metrics.stat().st_size:
        left.append(METRICS_FILE)
    if left:
        raise invalid(
            f"{utf8_text(run_dir)} holds what a run wrote, but no checkpoint to go on "
            "from.",
            expected=f"a checkpoint in {utf8_text(folder)}, or an empty directory",
            received=", ".join(left),
            remedy="Put the checkpoints back; or begin anew, which keeps the old files "
            "in a folder beside the new ones: give --begin_anew, or call "
            "learned_update.training.begin_anew(run_dir).",
        )


def _of_a_run(path):
    name = path.name
    return not (
        name == CONFIG_FILE
        or name.startswith(".")
        or (name.startswith(BEFORE.format("")) and path.is_dir())
    )
