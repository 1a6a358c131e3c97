"""Rules on disk."""

import pathlib
import zipfile

import keras

from learned_update.errors import invalid
from learned_update.layers.update_rule import UpdateRule

RULE_FILE = "rule.keras"


def load_rule(source):
    """A rule from a run directory or a `.keras` file; executes no code.

    Args:
        source: path of a directory that holds `rule.keras`, or of a `.keras` file.

    Returns:
        An `UpdateRule`.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is truncated, corrupt, or holds something else.
    """
    path = pathlib.Path(source)
    if path.is_dir():
        path = path / RULE_FILE
    if not path.is_file():
        raise FileNotFoundError(
            f"There is no rule {str(source)!r}. Expected: a .keras file, or a run "
            f"directory with {RULE_FILE}. Received: {path}, which does not exist. "
            "Meta-train one with `learned-update train`."
        )
    try:
        rule = keras.saving.load_model(path, safe_mode=True)
    except (
        OSError,
        ValueError,
        TypeError,
        KeyError,
        zipfile.BadZipFile,
        EOFError,
    ) as error:
        raise _not_a_rule(path, " ".join(str(error).split())[:300]) from error
    if not isinstance(rule, UpdateRule):
        raise _not_a_rule(path, f"a {type(rule).__name__}")
    return rule


def _not_a_rule(path, received):
    return invalid(
        f"{path} holds no update rule that can be loaded.",
        expected="a .keras file written by rule.save",
        received=received,
        remedy="Copy or meta-train the rule again.",
    )
