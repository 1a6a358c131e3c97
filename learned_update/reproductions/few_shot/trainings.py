"""Meta-trainings of the table's learners, each done once and kept."""

import json
import pathlib
import time
from typing import Any, NamedTuple

from learned_update.few_shot import few_shot_learner, load_learner
from learned_update.files import atomic_path, slug


class Training(NamedTuple):
    """What a meta-training gave.

    Attributes:
        learner: fitted `Learner`.
        seconds: that all cores together computed for it.
    """

    learner: Any
    seconds: float


def meta_trained(entry, made_with, episodes, progress=None):
    """A new learner of an entry, fitted to episodes.

    Args:
        entry: `Entry`.
        made_with: more arguments of the learner; those of the entry go before.
        episodes: `EpisodeDistribution`.
        progress: whether to show a bar; None shows it on a terminal.

    Returns:
        `Training`.
    """
    learner = few_shot_learner(entry.method, **{**made_with, **entry.settings})
    budget = {"steps": entry.steps, **entry.fit} if entry.steps else {}
    begun = time.process_time()
    learner.fit(episodes, progress=progress, **budget)
    return Training(learner, time.process_time() - begun)


def kept_training(folder, name, settings, train):
    """The `Training` kept under a name, or a new one.

    Args:
        folder: where trainings are kept; None keeps none.
        name: of the training.
        settings: all that decides it, as text; one of other settings is not read.
        train: function without arguments, to a `Training`.
    """
    if folder is None:
        return train()
    weights = pathlib.Path(folder) / f"{slug(name)}.keras"
    about = weights.with_suffix(".json")
    try:
        known = json.loads(about.read_bytes())
        if known["settings"] == settings:
            return Training(load_learner(weights), known["seconds"])
    except (OSError, ValueError, KeyError):
        pass  # never trained, or damaged: anew
    made = train()
    made.learner.save(weights)
    with atomic_path(about) as path:
        known = {"settings": settings, "seconds": made.seconds}
        path.write_text(json.dumps(known), encoding="utf-8")
    return made


def of_another_row(entry, made_with, trained):
    """A learner of an entry with what another learner of its method was trained to.

    Args:
        entry: `Entry`.
        made_with: more arguments of the learner.
        trained: fitted `Learner`.
    """
    learner = few_shot_learner(entry.method, **{**made_with, **entry.settings})
    learner.start(**trained.form)
    for own, other in zip(learner.weights, trained.weights, strict=True):
        own.assign(other)
    return learner
