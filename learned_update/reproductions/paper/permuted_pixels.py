"""Permuted pixels: a prototypical network and the rule (paper, figure 2 right)."""

import gin
import numpy as np

from learned_update.baselines import PrototypicalNetwork
from learned_update.data import TaskDistribution, load_all
from learned_update.evaluation import Column, few_shot
from learned_update.evaluation.methods.by_name import PERMUTED
from learned_update.layers import BaseMLP
from learned_update.randomness import generator
from learned_update.reproductions.shared import plots
from learned_update.reproductions.shared.measured import measured_scores
from learned_update.reproductions.shared.scoring import (
    RANDOM,
    before_and_after,
    settled,
    trainer_of,
    trials,
)

PROTOTYPICAL = "prototypical network"


@gin.configurable(module="learned_update")
def permuted_pixels(
    rule,
    name,
    quick=False,
    trained_on=("imagenet/meta_train",),
    tested_on=("imagenet/meta_test",),
    size=16,
    channels=3,
    episodes_of_training=10_000,
    steps=200,
    progress=None,
    **protocol,
):
    """Scores both with pixels as they are and in one random order per data set.

    The prototypical network is meta-trained with labels on tasks of the same kind:
    with pixels in order, or in another order for each task.

    Args:
        rule: `UpdateRule`.
        name: of the rule.
        quick: two initialisations, 20 episodes, a tenth of the training.
        trained_on: names of the data sets that the prototypical network is trained on.
        tested_on: names of the data sets that both are scored on.
        size: height and width of the images, in pixels.
        channels: 1 for grey, 3 for colour.
        episodes_of_training: of the prototypical network.
        steps: inner steps of the rule.
        progress: whether to show a bar; None shows it on a terminal.
        **protocol: fields of `Protocol`.

    Returns:
        `Measured`; the two orders of the pixels stand where data sets do elsewhere.
    """
    steps, protocol = settled(
        quick, steps, protocol, units=(128, 128, 32), initialisations=3
    )
    if quick:
        episodes_of_training //= 10
    known = load_all(trained_on, size=size, channels=channels)
    unseen = load_all(tested_on, size=size, channels=channels)
    trainer, scores = trainer_of(rule, protocol), {}
    shape = (len(unseen), protocol.initialisations, protocol.episodes)
    for order, input_maps in (("in order", None), ("permuted", PERMUTED)):
        tasks = TaskDistribution(
            known, ways=protocol.ways, shots=10, queries=10, input_maps=input_maps
        )
        network = PrototypicalNetwork(
            BaseMLP(protocol.units), protocol.seed, steps=episodes_of_training
        )
        network.fit(tasks, progress=progress)
        members = [
            ordered(trial, number) if input_maps else trial
            for dataset in unseen
            for number, trial in enumerate(trials(dataset, protocol))
        ]
        before, after = before_and_after(trainer, members, steps, protocol)
        learned = [_prototypical(network, trial) for trial in members]
        scores[f"pixels {order}"] = {
            column: np.reshape(accuracies, shape)
            for column, accuracies in (
                (Column(name, steps), after),
                (Column(PROTOTYPICAL), learned),
                (Column(RANDOM), before),
            )
        }
    return measured_scores(
        scores,
        Column(name, steps),
        plots.groups_figure(scores, f"{', '.join(tested_on)}, {size}x{size}"),
        f"{protocol}; {', '.join(tested_on)} {size}x{size}; prototypical network "
        f"trained on {', '.join(trained_on)}, {episodes_of_training} episodes",
    )


def ordered(trial, number):
    """A trial with its pixels in one random order.

    Args:
        trial: `Trial`.
        number: of its initialisation.
    """
    order = generator(trial.seed, number).permutation(trial.train.shape[1])
    return trial._replace(train=trial.train[:, order], test=trial.test[:, order])


def _prototypical(network, trial):
    """Accuracy of the network's features with statistics of the train part."""
    encoder = network.encoder().fit(trial.train)
    return few_shot.accuracy(
        encoder.embed(trial.train), encoder.embed(trial.test), trial.episodes
    )
