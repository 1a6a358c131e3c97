"""What was measured, kept in a file of its own."""

import json
import pathlib
import re
from typing import NamedTuple

from learned_update.files import atomic_path


class Part(NamedTuple):
    """An initialisation of a method on a data set.

    Attributes:
        accuracies: a list of the episodes in a list.
        seconds: to fit and to embed.
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
