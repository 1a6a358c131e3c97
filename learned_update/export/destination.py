"""Where an export goes: checked early, and either whole or as it was before."""

import contextlib
import os
import pathlib
import tempfile

from learned_update.errors import invalid

SAVED_MODEL_FILE = "saved_model.pb"  # every SavedModel has it


def check_destination(path, overwrite):
    """Raises `ValueError` if a path is taken and must not, or cannot, be replaced.

    Args:
        path: where a file or a SavedModel will be.
        overwrite: whether a file or a SavedModel that is there may be replaced.
    """
    path = pathlib.Path(path)
    if not path.exists():
        return
    if not overwrite:
        raise invalid(
            f"{path} exists already.",
            expected="a path at which there is nothing, or overwrite=True",
            received=str(path),
            remedy="Name another path, or overwrite it.",
        )
    if path.is_dir() and any(path.iterdir()) and not _is_saved_model(path):
        raise invalid(
            f"{path} is a folder that holds something else than an export.",
            expected=f"a SavedModel to overwrite, with {SAVED_MODEL_FILE}",
            received=", ".join(sorted(x.name for x in path.iterdir())[:4]),
            remedy="Name another path, or empty the folder.",
        )


def _is_saved_model(path):
    return (path / SAVED_MODEL_FILE).is_file()


@contextlib.contextmanager
def atomic_folder(path):
    """Yields a temporary folder that takes the place of `path` if the block succeeds.

    Args:
        path: where the folder will be; what is there already is removed.

    Yields:
        A `pathlib.Path` beside it, of a new and empty folder.
    """
    path = pathlib.Path(path).resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}-") as kept:
        new, old = pathlib.Path(kept, "new"), pathlib.Path(kept, "old")
        new.mkdir()
        yield new
        if path.exists():
            os.replace(path, old)
        try:
            os.replace(new, path)
        except OSError:
            if old.exists():
                os.replace(old, path)
            raise
