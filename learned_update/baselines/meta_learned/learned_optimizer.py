"""A learned optimizer: a small network that turns gradients into weight changes."""

import keras
import numpy as np
from keras import ops

from learned_update import backend
from learned_update.baselines.meta_learned.meta_parameters import MetaParameters
from learned_update.baselines.meta_learned.meta_training import Reports, meta_trained
from learned_update.baselines.meta_learned.optimizer_network import initial_theta
from learned_update.baselines.meta_learned.optimizer_unroll import unroll, unrolled_loss
from learned_update.baselines.meta_learned.task_episodes import TaskEpisodes
from learned_update.baselines.shared.gradient_descent import check_settings
from learned_update.baselines.shared.trainable_base import plain_base
from learned_update.baselines.shared.wall_time import timed
from learned_update.baselines.supervised.classifier import (
    Adapted,
    checked_support,
    draw_together,
    initial_weights,
)
from learned_update.errors import invalid
from learned_update.randomness import generator

HISTORY_STEPS = 10  # over which the losses of `history` are averaged
_THETA, _EPISODES, _WEIGHTS = range(3)  # keys of the seeds


class LearnedOptimizer:
    """Supervised training whose weight changes are meta-learned.

    The base model starts at new random weights on every task, and the network's
    meta-parameters are shared by all its weights: they apply to any base model, width
    of the inputs and number of classes. The meta-objective is the cross-entropy of
    the query, mean over the inner steps, differentiated through all weight changes.

    Tuned (6 settings of 1,200 inner steps in all, meta-trained on `glyphs/meta_train`,
    14x14, 10 ways, 10 shots): learning rate 3e-3 to 3e-2, 20 or 40 inner steps.

    Args:
        base: a `BaseMLP` to meta-train on, of which the widths and the activation
            count.
        seed: of the initial meta-parameters, the weights and the episodes.
        steps: outer steps.
        learning_rate: of Adam in the outer loop.
        tasks_per_step: tasks over which an outer step averages.
        inner_steps: of a task, in meta-training and in `adapt`.

    Attributes:
        theta: `OptimizerTheta` that was meta-trained.
        history: mean meta-loss of every 10 steps.
        parameters: numbers that were trained.
        seconds: wall time of `fit`.
    """

    def __init__(
        self,
        base,
        seed,
        steps=300,
        learning_rate=3e-2,
        tasks_per_step=2,
        inner_steps=20,
    ):
        check_settings(steps, 2, learning_rate)
        _check_inner_loop(tasks_per_step, inner_steps)
        self.base = plain_base(base.units, base.activation)
        self.seed = seed
        self.steps = steps
        self.learning_rate = learning_rate
        self.tasks_per_step = tasks_per_step
        self.inner_steps = inner_steps
        self._inner_loops = {}  # by the widths and the activation of a base model

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
            ValueError: if the meta-loss diverges.
        """
        episodes = TaskEpisodes(tasks)
        model = MetaParameters(
            initial_theta(generator(self.seed, _THETA)),
            lambda theta, *batch: unrolled_loss(
                theta, self.base, *batch, tasks.ways, self.inner_steps
            ),
            self.learning_rate,
        )

        def batch_at(step):
            numbers = range(self.tasks_per_step)
            rngs = [generator(self.seed, _EPISODES, step, n) for n in numbers]
            starts = [
                initial_weights(
                    self.base,
                    tasks.input_dim,
                    tasks.ways,
                    generator(self.seed, _WEIGHTS, step, n),
                )
                for n in numbers
            ]
            together = keras.tree.map_structure(lambda *w: np.stack(w), *starts)
            return together, *draw_together(episodes, rngs)

        def keep():
            self.theta = model.values()

        return meta_trained(
            self,
            model,
            batch_at,
            keep,
            "learned optimizer",
            HISTORY_STEPS,
            Reports(callback, callback_every, progress),
        )

    def adapt(self, base, support, labels, seed=0):
        """Trains a base model and a head on a labelled support.

        Args:
            base: a `BaseMLP`, of which the widths and the activation count.
            support: `(supports, inputs)`.
            labels: `(supports,)`, of at least two classes.
            seed: of the initial weights.

        Returns:
            `Adapted`, with `predict(pixels)`.

        Raises:
            ValueError: if the labels do not fit the support.
        """
        support, classes, indices = checked_support(support, labels)
        base = plain_base(base.units, base.activation)
        weights = initial_weights(
            base, support.shape[1], len(classes), generator(seed, _WEIGHTS)
        )
        arguments = keras.tree.map_structure(
            ops.convert_to_tensor, (self.theta, weights, support, indices)
        )
        weights = self._inner_loop(base)(*arguments)
        return Adapted(base, weights, support, classes)

    def _inner_loop(self, base):
        """The compiled inner loop of a base model, to the `Weights` after it."""
        key = (base.units, base.activation)
        if key not in self._inner_loops:
            self._inner_loops[key] = backend.jit(
                lambda theta, *task: unroll(theta, base, *task, self.inner_steps),
                xla=False,
            )
        return self._inner_loops[key]


def _check_inner_loop(tasks_per_step, inner_steps):
    if min(tasks_per_step, inner_steps) < 1:
        raise invalid(
            "A learned optimizer has no inner loop with these settings.",
            expected="tasks_per_step >= 1, inner_steps >= 1",
            received=f"tasks_per_step={tasks_per_step}, inner_steps={inner_steps}",
            remedy="Leave them out for the defaults.",
        )
