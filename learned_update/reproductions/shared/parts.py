"""What was measured, kept in a file of its own."""

import hashlib
import json
import pathlib
import re
from typing import NamedTuple

from learned_update.files import atomic_path


class Part(NamedTuple):
    """An initialisation of a method on a data set.

    Attributes:
        accuracies: `(.., initialisations, episodes)`, nested lists; empty for a time.
        seconds: to fit and to embed, or of an inner step; 0 where nobody asks.
        settings: everything that decides the result, as text.
    """

    accuracies: list[list[float]]
    seconds: float
    settings: str


def measured_once(folder, name, settings, measure):
    """The `Part` of a file, or what is measured now and written to it.

    Args:
        folder: where files are; None for no files.
        name: of the part.
        settings: as of `Part`; a file of others is measured anew.
        measure: function without arguments that gives accuracies, an array, and
            seconds.

    Returns:
        `Part`.
    """
    path = None
    if folder is not None:
        stem = re.sub(r"[^a-z0-9]+", "-", name.lower())
        path = pathlib.Path(folder) / f"{stem}.json"
        try:
            part = Part(**json.loads(path.read_bytes()))
        except (OSError, ValueError, TypeError):
            part = None
        if part is not None and part.settings == settings:
            return part
    accuracies, seconds = measure()
    part = Part(accuracies.tolist(), seconds, settings)
    if path is not None:
        with atomic_path(path) as temporary:
            temporary.write_text(json.dumps(part._asdict()), encoding="utf-8")
    return part


class Parts:
    """Parts in a folder: each is measured once.

    Args:
        folder: where they are kept; None keeps none.
    """

    def __init__(self, folder):
        self._folder = None if folder is None else pathlib.Path(folder)

    def get(self, name, settings, measure):
        """The `Part` of a name, from its file or measured now.

        Args:
            name: of the part; a part of other settings is measured again.
            settings: text.
            measure: function without arguments, to `(accuracies, seconds)`.
        """
        if self._folder is None:
            return Part(*measure(), settings)
        path = self._folder / (re.sub(r"[^a-z0-9]+", "-", name.lower()) + ".json")
        try:
            part = Part(**json.loads(path.read_bytes()))
            if part.settings == settings:
                return part
        except (OSError, ValueError, TypeError):
            pass  # not measured yet, or damaged
        part = Part(*measure(), settings)
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_path(path) as temporary:
            temporary.write_text(json.dumps(part._asdict()), encoding="utf-8")
        return part


def theta_digest(rule):
    """A hash of a rule's theta."""
    content = b"".join(array.tobytes() for array in rule.get_weights())
    return hashlib.sha256(content).hexdigest()[:16]
