"""Accuracy over the number of labels per class."""

import dataclasses

import gin
import numpy as np
import threadpoolctl

from learned_update.evaluation import Column, few_shot
from learned_update.progress import Progress
from learned_update.reproductions.shared import plots
from learned_update.reproductions.shared.loading import sized
from learned_update.reproductions.shared.measured import measured_scores
from learned_update.reproductions.shared.scoring import settled, trainer_of, trials

SHOTS = (1, 2, 5, 10, 50)


@gin.configurable(module="learned_update")
def labels(
    rule,
    name,
    quick=False,
    dataset="mnist",
    size=14,
    examples_per_class=500,
    shots=SHOTS,
    steps=500,
    progress=None,
    **protocol,
):
    """Scores a rule and the baselines with few and with many labels.

    Args:
        rule: `UpdateRule`.
        name: of the rule.
        quick: two initialisations, 20 episodes, a tenth of the inner steps.
        dataset: name of a data set.
        size: height and width of its images, in pixels.
        examples_per_class: at most as many are used of each class; None uses all.
        shots: labelled examples per class.
        steps: inner steps.
        progress: whether to show a bar; None shows it on a terminal.
        **protocol: fields of `Protocol`, without `shots`.

    Returns:
        `Measured`; numbers of labels stand where data sets do elsewhere.
    """
    steps, protocol = settled(
        quick, steps, protocol, units=(128, 128, 32), initialisations=3
    )
    loaded = sized(dataset, size, examples_per_class)
    members = trials(loaded, protocol)
    trainer = trainer_of(rule, protocol)
    total = steps * len(members)
    with (
        threadpoolctl.threadpool_limits(1),
        Progress(total, "labels", enabled=progress) as bar,
    ):
        course = few_shot.training_course(trainer, members, (steps,), protocol, bar)
        ((_, phis),) = course
        embedded = [
            _features(trainer.base, phi, trial, Column(name, steps))
            for phi, trial in zip(phis, members, strict=True)
        ]
        scores = {
            f"{count} per class": _scores(
                embedded, trials(loaded, dataclasses.replace(protocol, shots=count))
            )
            for count in shots
        }
    return measured_scores(
        scores,
        Column(name, steps),
        plots.lines_figure(scores, shots, "labels per class", loaded.name),
        f"{loaded.name}; {protocol}, but labels as given",
    )


def _features(base, phi, trial, column):
    """Features of the train and of the test part, `{Column: (train, test)}`."""
    statistics = base.statistics(phi, trial.train)
    found = {
        column: tuple(
            np.asarray(base.embed(phi, x, statistics))
            for x in (trial.train, trial.test)
        )
    }
    for method, baseline in few_shot.baselines(base, trial).items():
        baseline.fit(trial.train)
        found[Column(method)] = (
            baseline.embed(trial.train),
            baseline.embed(trial.test),
        )
    return found


def _scores(embedded, members):
    """Accuracies of every method on the episodes of other trials of the same split."""
    return {
        column: np.stack(
            [
                few_shot.accuracy(*features[column], trial.episodes)
                for features, trial in zip(embedded, members, strict=True)
            ]
        )
        for column in embedded[0]
    }
