"""MAML: initial weights from which a few gradient steps learn a task."""

import keras
from keras import ops

from learned_update import backend
from learned_update.baselines.meta_learned.meta_parameters import MetaParameters
from learned_update.baselines.meta_learned.meta_training import Reports, meta_trained
from learned_update.baselines.meta_learned.task_episodes import TaskEpisodes
from learned_update.baselines.shared.gradient_descent import check_settings
from learned_update.baselines.shared.trainable_base import plain_base
from learned_update.baselines.shared.wall_time import timed
from learned_update.baselines.supervised.classifier import (
    Adapted,
    checked_support,
    class_labels,
    draw_together,
    initial_weights,
    query_loss,
    support_gradient,
)
from learned_update.errors import invalid
from learned_update.few_shot.gradient import inner_steps
from learned_update.randomness import generator

HISTORY_STEPS = 100  # over which the losses of `history` are averaged
_WEIGHTS, _EPISODES = range(2)  # keys of the seeds


def sgd_steps(base, weights, support, labels, steps, learning_rate):
    """w <- w - learning_rate dL/dw on the whole support, some times.

    Args:
        base: `BaseMLP`.
        weights: `Weights` to start from.
        support: `(supports, inputs)`.
        labels: `(supports,)` integers.
        steps: how many.
        learning_rate: of each.

    Returns:
        `Weights`.
    """
    return inner_steps.sgd_steps(
        lambda weights: support_gradient(base, weights, support, labels),
        weights,
        steps,
        learning_rate,
    )


def maml_loss(base, weights, support, query, ways, steps, learning_rate):
    """Cross-entropy of the query after `sgd_steps` (Finn et al., 2017, eq. 1).

    Its gradient by the weights goes through the inner steps, second derivatives
    included.

    Args:
        base: `BaseMLP`.
        weights: `Weights` to start from.
        support: class by class, `(ways * shots, inputs)`.
        query: class by class, `(ways * queries, inputs)`.
        ways: number of classes.
        steps: inner steps.
        learning_rate: of the inner steps.

    Returns:
        A scalar.
    """
    labels = class_labels(ways, support.shape[0])
    weights = sgd_steps(base, weights, support, labels, steps, learning_rate)
    return query_loss(base, weights, support, query, class_labels(ways, query.shape[0]))


def mean_maml_loss(base, weights, supports, queries, *settings):
    """Mean `maml_loss` over the leading `tasks` axis of supports and queries."""

    def task_loss(support, query):
        return maml_loss(base, weights, support, query, *settings)

    return ops.mean(backend.vectorize(task_loss)(supports, queries))


class Maml:
    """Model-agnostic meta-learning of the base model with a linear head.

    What is meta-learned fits one width of the inputs, one base model and one number
    of classes.

    Tuned (6 settings of 300 steps, meta-trained on `glyphs/meta_train`, 14x14, 10 ways,
    10 shots): learning rate 1e-3 to 1e-2, inner learning rate 0.1 to 1.

    Args:
        base: a `BaseMLP`, of which the widths and the activation count.
        seed: of the initial weights and the episodes.
        steps: outer steps.
        learning_rate: of Adam in the outer loop.
        tasks_per_step: tasks over which an outer step averages.
        inner_steps: gradient steps on a support.
        inner_learning_rate: of these.

    Attributes:
        weights: `Weights` that were meta-trained.
        history: mean meta-loss of every 100 steps.
        parameters: numbers that were trained.
        seconds: wall time of `fit`.
    """

    def __init__(
        self,
        base,
        seed,
        steps=1000,
        learning_rate=1e-2,
        tasks_per_step=4,
        inner_steps=5,
        inner_learning_rate=0.4,
    ):
        check_settings(steps, 2, learning_rate)
        _check_inner_loop(tasks_per_step, inner_steps, inner_learning_rate)
        self.base = plain_base(base.units, base.activation)
        self.seed = seed
        self.steps = steps
        self.learning_rate = learning_rate
        self.tasks_per_step = tasks_per_step
        self.inner_steps = inner_steps
        self.inner_learning_rate = inner_learning_rate
        self._inner_loop = backend.jit(
            lambda weights, support, labels: sgd_steps(
                self.base, weights, support, labels, inner_steps, inner_learning_rate
            ),
            xla=False,
        )

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
            initial_weights(
                self.base, tasks.input_dim, tasks.ways, generator(self.seed, _WEIGHTS)
            ),
            lambda weights, *batch: mean_maml_loss(
                self.base,
                weights,
                *batch,
                tasks.ways,
                self.inner_steps,
                self.inner_learning_rate,
            ),
            self.learning_rate,
        )

        def batch_at(step):
            rngs = [
                generator(self.seed, _EPISODES, step, task)
                for task in range(self.tasks_per_step)
            ]
            return draw_together(episodes, rngs)

        def keep():
            self.weights = model.values()

        return meta_trained(
            self,
            model,
            batch_at,
            keep,
            "MAML",
            HISTORY_STEPS,
            Reports(callback, callback_every, progress),
        )

    def adapt(self, support, labels):
        """Inner steps on a labelled support.

        Args:
            support: `(supports, inputs)`, as wide as in meta-training.
            labels: `(supports,)`, of as many classes as in meta-training.

        Returns:
            `Adapted`, with `predict(pixels)`.

        Raises:
            ValueError: if the support does not fit the meta-trained weights, or the
                labels do not fit it.
        """
        support, classes, indices = checked_support(support, labels)
        inputs, ways = self.weights.kernels[0].shape[0], len(self.weights.biases[-1])
        if (support.shape[1], len(classes)) != (inputs, ways):
            raise invalid(
                "MAML's weights are bound to the inputs and classes of meta-training.",
                expected=f"{inputs} inputs, {ways} classes",
                received=f"{support.shape[1]} inputs, {len(classes)} classes",
                remedy="Meta-train on tasks of this form.",
            )
        tensors = map(ops.convert_to_tensor, (support, indices))
        weights = keras.tree.map_structure(ops.convert_to_tensor, self.weights)
        weights = self._inner_loop(weights, *tensors)
        return Adapted(self.base, weights, support, classes)


def _check_inner_loop(tasks_per_step, inner_steps, inner_learning_rate):
    if min(tasks_per_step, inner_steps) < 1 or not inner_learning_rate > 0:
        raise invalid(
            "MAML has no inner loop with these settings.",
            expected="tasks_per_step >= 1, inner_steps >= 1, inner_learning_rate > 0",
            received=f"tasks_per_step={tasks_per_step}, inner_steps={inner_steps}, "
            f"inner_learning_rate={inner_learning_rate}",
            remedy="Leave them out for the defaults.",
        )
