"""What was measured, kept in a file of its own."""

import json
import pathlib
from typing import NamedTuple

from learned_update.files import atomic_path, slug


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
        path = self._folder / f"{slug(name)}.json"
        try:
            part = Part(**json.loads(path.read_bytes()))
            if part.settings == settings:
                return part
        except (OSError, ValueError, TypeError):
            pass  # not measured yet, or damaged
        part = Part(*measure(), settings)
        with atomic_path(path) as temporary:
            temporary.write_text(json.dumps(part._asdict()), encoding="utf-8")
        return part
