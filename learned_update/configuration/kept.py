"""The configuration as it is kept beside results."""

import difflib
from pathlib import Path

import gin

from learned_update.errors import invalid
from learned_update.files import atomic_path

CONFIG_FILE = "config.gin"


def save(run_dir):
    """Writes the resolved configuration beside the results, as `config.gin`.

    Includes are resolved, so the file alone repeats the run. A run directory belongs
    to one configuration: continuing it with another one would mix two experiments.

    Args:
        run_dir: folder of the run; made if it does not exist.

    Returns:
        The `Path` written.

    Raises:
        ValueError: if the folder holds results of another configuration.
    """
    path = Path(run_dir) / CONFIG_FILE
    resolved = gin.config_str()
    if path.is_file() and any(_is_result(other) for other in path.parent.iterdir()):
        before = path.read_bytes().decode("utf-8", "backslashreplace")
        _check_same(path, before, resolved)
    with atomic_path(path) as unfinished:
        unfinished.write_text(resolved, encoding="utf-8")
    return path


def save_operative(path):
    """Writes every setting that the calls so far went by, defaults among them.

    Args:
        path: of the gin file.
    """
    with atomic_path(path) as unfinished:
        unfinished.write_text(gin.operative_config_str(), encoding="utf-8")


def _is_result(path):
    """Whether this is neither the configuration nor a hidden file, such as a lock."""
    return path.name != CONFIG_FILE and not path.name.startswith(".")


def _check_same(path, before, now):
    changes = [
        line
        for line in difflib.unified_diff(
            before.splitlines(), now.splitlines(), n=0, lineterm=""
        )
        if not line.startswith(("---", "+++", "@@"))
    ]
    if changes:
        raise invalid(
            f"{path.parent} holds a run with another configuration.",
            expected=f"the settings of {path}",
            received="; ".join(changes),
            remedy="Name another run directory, or repeat the settings of that run. "
            f"To go on with new settings nevertheless, remove {path}.",
        )
