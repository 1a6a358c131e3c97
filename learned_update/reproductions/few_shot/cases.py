"""A learner in a situation: meta-trained if it must be, and scored."""

import pathlib
import time
from typing import Any, NamedTuple

from learned_update.evaluation.learners.scores import score_learner
from learned_update.reproductions.few_shot.entries import ENTRIES, Entry
from learned_update.reproductions.few_shot.parts import Part
from learned_update.reproductions.few_shot.situations import (
    Situation,
    distributions,
    fixed_tests,
)
from learned_update.reproductions.few_shot.trainings import (
    kept_training,
    meta_trained,
    of_another_row,
)


class Case(NamedTuple):
    """What is measured in one cell of the table.

    Attributes:
        situation: `Situation`.
        entry: `Entry`.
        data: arguments of `situations.distributions`: `omniglot`, `size`, `names`.
        made_with: arguments of the learner that the entry leaves open.
        share: of the outer steps of entry and situation.
        episodes: to score on.
    """

    situation: Situation
    entry: Entry
    data: dict[str, Any]
    made_with: dict[str, Any]
    share: float
    episodes: int

    def described(self, rule):
        """All that decides the result, as text; the rule by its name."""
        made = {**self.made_with, "rule": rule if "rule" in self.made_with else None}
        return (
            f"{self.situation}; {self.entry}; {self.named_data()}; {made}; share "
            f"{self.share:g}; {self.episodes} episodes"
        )

    def named_data(self):
        """`data` without the folder of Omniglot's file."""
        return {**self.data, "omniglot": pathlib.Path(self.data["omniglot"]).name}


def measured(case, name, settings, folder=None, progress=None):
    """The `Part` of a case.

    Args:
        case: `Case`.
        name: of its row.
        settings: of the part.
        folder: where trained learners are kept; None keeps none.
        progress: whether to show bars; None shows them on a terminal.
    """
    situation, entry = case.situation, case.entry
    owner = name if entry.trained_as is None else entry.trained_as
    training_entry = _shared(ENTRIES[owner], case.share * situation.share)
    training, testing = distributions(
        situation, ways=entry.ways, shots=entry.shots, **case.data
    )
    trained = kept_training(
        folder if training_entry.steps else None,
        f"{owner} {situation.meta_training} {training.ways} {training.shots}",
        f"{training_entry}; {case.named_data()}; {case.made_with}",
        lambda: meta_trained(training_entry, case.made_with, training, progress),
    )
    learner = trained.learner
    if entry.trained_as is not None:
        learner = of_another_row(entry, case.made_with, learner)
    fixed = fixed_tests(situation, testing, case.episodes, case.made_with["seed"])
    score = score_learner(learner, testing, fixed, progress, time.process_time)
    return Part(
        accuracies=score.accuracies.tolist(),
        training_seconds=trained.seconds,
        adaptation_seconds=score.seconds,
        parameters=learner.parameters,
        steps=training_entry.steps,
        trained_on=f"{training.ways}-way {training.shots}-shot"
        if training_entry.steps
        else "",
        statistics=learner.statistics,
        settings=settings,
    )


def _shared(entry, share):
    """The entry with a share of its outer steps."""
    if not entry.steps:
        return entry
    return entry._replace(steps=max(1, round(share * entry.steps)))
