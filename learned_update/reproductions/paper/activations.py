"""Activation functions that meta-training never saw (paper, figure 5 right)."""

import gin
from keras import ops

from learned_update.evaluation import Column
from learned_update.progress import Progress
from learned_update.reproductions.shared import plots
from learned_update.reproductions.shared.loading import sized
from learned_update.reproductions.shared.measured import measured_scores
from learned_update.reproductions.shared.scoring import (
    RANDOM,
    before_and_after,
    settled,
    trainer_of,
    trials,
)

ACTIVATIONS = {
    "ReLU": "relu",
    "leaky ReLU": "leaky_relu",
    "Swish": "swish",
    "ELU": "elu",
    "softplus": "softplus",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
    "sine": ops.sin,
    "step": "step",
}


@gin.configurable(module="learned_update")
def activations(
    rule,
    name,
    quick=False,
    dataset="mnist",
    size=14,
    examples_per_class=500,
    names=tuple(ACTIVATIONS),
    steps=200,
    progress=None,
    **protocol,
):
    """Scores base models with each activation, before and after the rule's steps.

    Args:
        rule: `UpdateRule`.
        name: of the rule.
        quick: two initialisations, 20 episodes, a tenth of the inner steps.
        dataset: name of a data set.
        size: height and width of its images, in pixels.
        examples_per_class: at most as many are used of each class; None uses all.
        names: of the activations, some of `ACTIVATIONS`.
        steps: inner steps.
        progress: whether to show a bar; None shows it on a terminal.
        **protocol: fields of `Protocol`.

    Returns:
        `Measured`; activations stand where data sets do elsewhere.
    """
    steps, protocol = settled(
        quick, steps, protocol, units=(128, 128, 32), initialisations=3
    )
    loaded = sized(dataset, size, examples_per_class)
    members, scores = trials(loaded, protocol), {}
    total = len(names) * steps * len(members)
    with Progress(total, "activations", enabled=progress) as bar:
        for label in names:
            trainer = trainer_of(rule, protocol, ACTIVATIONS[label])
            before, after = before_and_after(trainer, members, steps, protocol, bar)
            scores[label] = {Column(name, steps): after, Column(RANDOM): before}
    return measured_scores(
        scores,
        Column(name, steps),
        plots.groups_figure(scores, loaded.name),
        f"{loaded.name}; {protocol}",
    )
