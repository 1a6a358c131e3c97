"""A learner in a situation: meta-trained if it must be, and scored."""

import pathlib
import time
from typing import Any, NamedTuple

from learned_update.evaluation.learners.scores import score_learner
from learned_update.few_shot.by_name import OF_RULES
from learned_update.reproductions.few_shot.entries import ENTRIES, Entry
from learned_update.reproductions.few_shot.parts import Part
from learned_update.reproductions.few_shot.rules import (
    read_out_accuracies,
    rule_learners,
)
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
        rule: name of the rule.
    """

    situation: Situation
    entry: Entry
    data: dict[str, Any]
    made_with: dict[str, Any]
    share: float
    episodes: int
    rule: str

    @property
    def described(self):
        """All that decides the result, as text; the rule by its name."""
        rule = self.rule if "rule" in self.made_with else None
        made = {**self.made_with, "rule": rule}
        return (
            f"{self.situation}; {self.entry}; {self.named_data()}; {made}; share "
            f"{self.share:g}; {self.episodes} episodes"
        )

    def named_data(self):
        """`data` without the folder of Omniglot's file."""
        return {**self.data, "omniglot": pathlib.Path(self.data["omniglot"]).name}


def measured_each(cases, folder=None, progress=None):
    """`(name of the row, Part)` of some cases of one situation, as they are found.

    Args:
        cases: `{name of the row: Case}`.
        folder: as in `measured`.
        progress: as in `measured`.
    """
    rules = {n: case for n, case in cases.items() if case.entry.method in OF_RULES}
    for name, case in cases.items():
        if name not in rules:
            yield name, measured(case, name, folder, progress)
    if rules:
        yield from zip(rules, _measured_rules([*rules.values()], progress), strict=True)


def measured(case, name, folder=None, progress=None):
    """The `Part` of a case.

    Args:
        case: `Case`.
        name: of its row.
        folder: where trained learners are kept; None keeps none.
        progress: whether to show bars; None shows them on a terminal.
    """
    situation, entry = case.situation, case.entry
    owner, training_entry = name, entry
    if entry.trained_as is not None:
        owner, training_entry = entry.trained_as, ENTRIES[entry.trained_as]
    of_situation = max(situation.share, training_entry.least_share)
    training_entry = _shared(training_entry, case.share * of_situation)
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
    fixed = _tests(case, testing)
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
        settings=case.described,
    )


def _measured_rules(cases, progress):
    """`Part`s of cases that differ in how they read out a rule's features."""
    case = cases[0]
    _, testing = distributions(case.situation, **case.data)
    learners = rule_learners([c.entry for c in cases], case.made_with, testing)
    accuracies, seconds = read_out_accuracies(
        learners, testing, _tests(case, testing), progress
    )
    return [
        Part(
            accuracies=found.tolist(),
            training_seconds=0.0,
            adaptation_seconds=seconds,
            parameters=learner.parameters,
            steps=0,
            trained_on="",
            statistics=learner.statistics,
            settings=case.described,
        )
        for case, learner, found in zip(cases, learners, accuracies, strict=True)
    ]


def _tests(case, testing):
    seed = case.made_with["seed"]
    return fixed_tests(case.situation, testing, case.episodes, seed)


def _shared(entry, share):
    """The entry with a share of its outer steps."""
    if not entry.steps:
        return entry
    return entry._replace(steps=max(1, round(share * entry.steps)))
