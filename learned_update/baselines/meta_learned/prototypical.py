"""Prototypical network: a base model meta-trained with labels."""

import keras
import numpy as np
from keras import ops

from learned_update.baselines.meta_learned.meta_training import Reports, meta_trained
from learned_update.baselines.meta_learned.task_episodes import TaskEpisodes
from learned_update.baselines.shared.fixed_phi import FixedPhi
from learned_update.baselines.shared.gradient_descent import (
    check_settings,
    compiled,
)
from learned_update.baselines.shared.seeds import derived_seed
from learned_update.baselines.shared.trainable_base import TrainableBase, plain_base
from learned_update.baselines.shared.wall_time import timed
from learned_update.few_shot.metric.prototypes import squared_distances
from learned_update.few_shot.objective import cross_entropy
from learned_update.randomness import generator

HISTORY_STEPS = 100  # over which the losses of `history` are averaged
STATISTICS_EPISODES = 64  # whose examples the statistics of `embed` are of
_ENCODER, _EPISODES, _STATISTICS = range(3)  # keys of the seeds


def prototypical_loss(support_features, query_features, ways):
    """Cross-entropy of the query by distance to the prototypes (Snell et al., 2017).

    p(class | x) = softmax(-|f(x) - c_class|^2), c the mean of the class's support.

    Args:
        support_features: class by class, `(ways * shots, units)`.
        query_features: class by class, `(ways * queries, units)`.
        ways: number of classes.

    Returns:
        A scalar.
    """
    units = support_features.shape[-1]
    by_class = ops.reshape(support_features, (ways, -1, units))  # (ways, shots, units)
    queries = query_features.shape[0] // ways
    labels = np.repeat(np.arange(ways, dtype="int32"), queries)
    distances = squared_distances(query_features, ops.mean(by_class, axis=1))
    return cross_entropy(-distances, ops.convert_to_tensor(labels))


class PrototypicalModel(keras.Model):
    """`prototypical_loss` of base-model features, support and query in one batch.

    Args:
        base: `BaseMLP`.
        ways: classes of an episode.
        seed: of the initial weights.
    """

    def __init__(self, base, ways, seed):
        super().__init__()
        self.ways = ways
        self.encoder = TrainableBase(base, derived_seed(seed, _ENCODER))

    def call(self, inputs):
        support, query = inputs
        features = self.encoder(ops.concatenate([support, query], axis=0))
        supports = support.shape[0]
        self.add_loss(
            prototypical_loss(features[:supports], features[supports:], self.ways)
        )
        return features


class PrototypicalNetwork:
    """The base model as a prototypical network, which needs labelled tasks.

    The features are the top layer's, after its activation, as in the base model.
    Whether inputs are permuted is for the task distribution to say: with
    `InputMapDistribution(permutation=1.0, ...)` every task has an order of its own.

    Tuned by `tools/tune_baselines`, 10 settings: steps, learning rate.

    Args:
        base: a `BaseMLP`, of which the widths and the activation count.
        seed: of the initial weights and the episodes.
        steps: episodes, one a gradient step.
        learning_rate: of Adam.

    Attributes:
        phi: `Phi` that was meta-trained.
        history: mean loss of every 100 steps.
        parameters: numbers that were trained.
        seconds: wall time of `fit`.
    """

    def __init__(self, base, seed, steps=3000, learning_rate=3e-3):
        check_settings(steps, 2, learning_rate)
        self.base = plain_base(base.units, base.activation)
        self.seed = seed
        self.steps = steps
        self.learning_rate = learning_rate

    @timed
    def fit(self, tasks, callback=None, callback_every=None, progress=False):
        """Meta-trains on episodes.

        Args:
            tasks: a `TaskDistribution`.
            callback: called as `callback(step, self)` after every `callback_every`-th
                step and after the last.
            callback_every: steps between two calls; None for the last alone.
            progress: whether to show a bar; None shows it on a terminal.

        Returns:
            This object.

        Raises:
            ValueError: if the loss diverges.
        """
        episodes = TaskEpisodes(tasks)
        reference = self._reference(episodes)
        model = compiled(
            PrototypicalModel(self.base, tasks.ways, self.seed), self.learning_rate
        )

        def keep():
            self.phi = keras.tree.map_structure(ops.convert_to_numpy, model.encoder.phi)
            self._embedding = self.encoder().fit(reference)

        return meta_trained(
            self,
            model,
            lambda step: episodes.draw(generator(self.seed, _EPISODES, step)),
            keep,
            "prototypical network",
            HISTORY_STEPS,
            Reports(callback, callback_every, progress),
        )

    def encoder(self):
        """The network as a `FixedPhi`, whose `fit` takes the statistics of new data.

        On data unlike those of meta-training it embeds better than `embed`.
        """
        return FixedPhi(self.base, self.phi)

    def embed(self, pixels):
        """Features `(examples, units[-1])` of `pixels`, `(examples, inputs)`.

        The statistics are those of examples of meta-training.
        """
        return self._embedding.embed(pixels)

    def _reference(self, episodes):
        drawn = [
            np.concatenate(episodes.draw(generator(self.seed, _STATISTICS, number)))
            for number in range(STATISTICS_EPISODES)
        ]
        return np.concatenate(drawn)
