"""What was measured of a learner in a situation, kept in a file of its own."""

import json
import pathlib
from typing import NamedTuple

from learned_update.files import atomic_path, slug


class Part(NamedTuple):
    """One cell of the table.

    Attributes:
        accuracies: of each episode, a list.
        training_seconds: that all cores together computed for meta-training.
        adaptation_seconds: the same for an episode, median.
        parameters: numbers of theta, or of the rule.
        steps: outer steps.
        trained_on: ways and shots of meta-training's episodes.
        statistics: of batch normalisation.
        settings: everything else that decides the result, as text.
    """

    accuracies: list[float]
    training_seconds: float
    adaptation_seconds: float
    parameters: int
    steps: int
    trained_on: str
    statistics: str
    settings: str


def part_path(folder, entry, situation):
    """Path of the file of a learner in a situation."""
    return pathlib.Path(folder) / f"{slug(f'{situation} {entry}')}.json"


def write_part(path, part):
    """Writes a `Part`, whole or not at all."""
    with atomic_path(path) as temporary:
        temporary.write_text(json.dumps(part._asdict()), encoding="utf-8")


def read_part(path, settings):
    """The `Part` in a file; None if there is none, or one of other settings."""
    try:
        part = Part(**json.loads(pathlib.Path(path).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None
    return part if part.settings == settings else None
