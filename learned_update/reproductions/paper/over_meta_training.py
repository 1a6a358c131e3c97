"""Text early and late in meta-training on images (paper, figure 4 right)."""

import copy

import gin
import numpy as np
import threadpoolctl

from learned_update.evaluation import Column, few_shot
from learned_update.evaluation.results import figures
from learned_update.progress import Progress
from learned_update.reproductions.shared.loading import sized
from learned_update.reproductions.shared.measured import measured_scores
from learned_update.reproductions.shared.run_thetas import run_thetas
from learned_update.reproductions.shared.scoring import settled, trainer_of, trials


@gin.configurable(module="learned_update")
def over_meta_training(
    rule,
    name,
    quick=False,
    run_dir=None,
    dataset="imdb",
    size=None,
    steps=100,
    progress=None,
    **protocol,
):
    """Scores every theta that a run keeps on data unlike those of meta-training.

    Args:
        rule: `UpdateRule`.
        name: of the rule.
        quick: two initialisations, 20 episodes, a tenth of the inner steps.
        run_dir: folder of the rule's run; the rule alone is scored without one.
        dataset: name of a data set.
        size: height and width of its images, in pixels; None for its own, and for
            texts.
        steps: inner steps.
        progress: whether to show a bar; None shows it on a terminal.
        **protocol: fields of `Protocol`; 2 ways and 10 initialisations if not given,
            as in the paper.

    Returns:
        `Measured`.
    """
    steps, protocol = settled(
        quick, steps, protocol, ways=2, initialisations=10, queries=50
    )
    loaded = sized(dataset, size)
    members = trials(loaded, protocol)
    shown = copy.deepcopy(rule)  # takes one theta after the other: compiles once
    trainer = trainer_of(shown, protocol)
    states = list(run_thetas(rule, name, run_dir))
    total = steps * len(members) * len(states)
    scores = {}
    with (
        threadpoolctl.threadpool_limits(1),
        Progress(total, loaded.name, enabled=progress) as bar,
    ):
        for title, theta in states:
            shown.set_weights(theta)
            course = few_shot.training_course(trainer, members, (steps,), protocol, bar)
            ((_, phis),) = course
            scores[Column(title, steps)] = np.stack(
                [
                    few_shot.phi_accuracy(trainer.base, phi, trial)
                    for phi, trial in zip(phis, members, strict=True)
                ]
            )
        baselines = [few_shot.baseline_scores(trainer.base, each) for each in members]
    scores |= {
        column: np.stack([each[column] for each in baselines])
        for column in baselines[0]
    }
    last = Column(states[-1][0], steps)
    shown_scores = {column.method: scores[column] for column in scores}
    return measured_scores(
        {loaded.name: scores},
        last,
        figures.bars_figure({loaded.name: shown_scores}),
        f"{loaded.name}; {steps} inner steps; {protocol}",
    )
