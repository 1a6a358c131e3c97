"""The folder of a run's checkpoints: their names, and which are kept."""

import pathlib
import re

from learned_update.files import sync, writing
from learned_update.training.saving.archive import write_archive

CHECKPOINT_FOLDER = "checkpoints"  # of a run directory
KEEP_LAST = 3
NAME = "outer_step_{:08d}.npz"
PATTERN = re.compile(r"outer_step_(\d+)\.npz")
DAMAGED = ".damaged"  # ends the name of a file that was set aside


def checkpoints(folder):
    """Paths of the checkpoints of a folder, oldest first."""
    paths = pathlib.Path(folder).glob("outer_step_*.npz")
    return sorted(path for path in paths if PATTERN.fullmatch(path.name))


def outer_step_of(path):
    """The outer step of a checkpoint, by its name."""
    return int(PATTERN.fullmatch(pathlib.Path(path).name)[1])


def write_checkpoint(folder, arrays, keep=KEEP_LAST, keep_every=None, best=()):
    """As `save_checkpoint`, of what `checkpoint_arrays` gave; keeps the `best`, too."""
    path = pathlib.Path(folder) / NAME.format(arrays["outer_step"])
    write_archive(path, arrays)
    for old in checkpoints(folder)[:-keep]:
        step = outer_step_of(old)
        if step not in best and (keep_every is None or step % keep_every):
            old.unlink()
    return path


def set_aside(path):
    """Renames a damaged checkpoint, so that it is none any more.

    Returns:
        The new path, which ends with `DAMAGED`, after a number if there is one.
    """
    name, number = path.with_name(path.name + DAMAGED), 1
    while name.exists():
        number += 1
        name = path.with_name(f"{path.name}.{number}{DAMAGED}")
    with writing(path):
        path.rename(name)
        sync(path.parent)
    return name


def damaged_checkpoints(folder):
    """Paths of what was set aside in a folder."""
    return sorted(pathlib.Path(folder).glob(f"outer_step_*{DAMAGED}"))
