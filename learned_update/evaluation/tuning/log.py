"""What a search has tried so far, a line of JSON per attempt."""

import json
import pathlib
from typing import Any, NamedTuple

from learned_update.errors import invalid
from learned_update.files import atomic_path


class Attempt(NamedTuple):
    """How good one setting of a method is on one data set.

    Attributes:
        method: its name.
        settings: keyword arguments that were tried.
        dataset: name and image size.
        conditions: what else the accuracy depends on.
        accuracy: mean over validation episodes, 0 to 1; None if it cannot be had.
        seconds: wall time that it took.
        problem: why there is no accuracy; empty if there is one.
    """

    method: str
    settings: dict[str, Any]
    dataset: str
    conditions: dict[str, Any]
    accuracy: float | None
    seconds: float
    problem: str = ""

    @property
    def key(self):
        """What no two attempts need to share."""
        return json.dumps(self[:4], sort_keys=True)


def read_attempts(path):
    """The `Attempt`s of a file, none if there is no file.

    A last line that was cut off is dropped, from the file too.

    Raises:
        ValueError: if another line is no attempt.
    """
    path = pathlib.Path(path)
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    *lines, cut = text.split("\n")
    attempts = [_parsed(path, line) for line in lines]
    if cut:
        with atomic_path(path) as temporary:
            temporary.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return attempts


def append_attempt(path, attempt):
    """Adds an `Attempt` to a file, which is made if needed."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(attempt._asdict()) + "\n")


def _parsed(path, line):
    try:
        return Attempt(**json.loads(line))
    except (json.JSONDecodeError, TypeError) as error:
        raise invalid(
            f"{path} is no log of a search.",
            expected="a line of JSON per attempt",
            received=repr(line[:80]),
            remedy="Name another file, or move this one away to begin anew.",
        ) from error
