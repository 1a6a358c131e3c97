"""What was measured of a method on a data set, kept in a file of its own."""

import json
import pathlib
import re
from typing import NamedTuple

from learned_update.files import atomic_path


class Part(NamedTuple):
    """One cell of the table, or the time of a step.

    Attributes:
        accuracies: `(initialisations, episodes)`, nested lists; empty for a time.
        seconds: of an inner step; 0 for accuracies.
        settings: everything that decides the result, as text.
    """

    accuracies: list[list[float]]
    seconds: float
    settings: str


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
