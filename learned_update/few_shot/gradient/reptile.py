"""Reptile (Nichol et al., 2018): move towards the weights that each task ends with."""

import keras
from keras import ops

from learned_update.errors import invalid
from learned_update.few_shot.gradient.inner_steps import (
    adam_steps,
    descended,
    gradient_of,
)
from learned_update.few_shot.gradient.network import (
    initial_network,
    network_loss,
    query_logits,
)
from learned_update.few_shot.learner import PACKAGE, Learner
from learned_update.few_shot.objective import cross_entropy

ADAM, SGD = "adam", "sgd"


def minibatch(x, labels, step, size):
    """Rows step * size .. of a batch, which begins anew at its end.

    Args:
        x: `(examples, ...)`.
        labels: `(examples,)`.
        step: a scalar tensor.
        size: rows of a minibatch; all where there are fewer.
    """
    count = x.shape[0]
    rows = (step * size + ops.arange(min(size, count), dtype="int32")) % count
    return ops.take(x, rows, axis=0), ops.take(labels, rows, axis=0)


@keras.saving.register_keras_serializable(PACKAGE)
class Reptile(Learner):
    """theta <- theta + e (phi - theta), phi after inner steps on a task.

    `tasks_per_step` of `fit` tells the serial form (1) from the batched one, the mean
    over several tasks. The outer rate e falls linearly to 0. An inner loop of
    meta-training takes minibatches of the support and query of its episode, which come
    in random order; Adam starts without a state, where the authors keep one from task
    to task. The ways are those of meta-training, the shots are free.

    Args:
        inner_steps: of meta-training.
        inner_rate: of these.
        inner_optimizer: `"adam"`, its first moment off, or `"sgd"`.
        minibatch_size: examples of an inner step.
        prediction_steps: inner steps of `predict`, each on the whole support.
        **settings: of `Learner`.
    """

    method = "reptile"
    fixed_ways = True
    learning_rate = 1.0
    tasks_per_step = 5

    def __init__(
        self,
        inner_steps=5,
        inner_rate=1e-3,
        inner_optimizer=ADAM,
        minibatch_size=10,
        prediction_steps=50,
        **settings,
    ):
        if inner_optimizer not in (ADAM, SGD):
            raise invalid(
                f"Reptile has no inner optimizer {inner_optimizer!r}.",
                expected=f"{ADAM!r} or {SGD!r}",
                received=repr(inner_optimizer),
                remedy="Name one of these.",
            )
        self.inner_steps = inner_steps
        self.inner_rate = inner_rate
        self.inner_optimizer = inner_optimizer
        self.minibatch_size = minibatch_size
        self.prediction_steps = prediction_steps
        super().__init__(**settings)

    def initial(self, rng):
        return initial_network(self.embedding, rng, self.ways)

    def outer_optimizer(self, learning_rate, steps):
        return keras.optimizers.SGD(
            keras.optimizers.schedules.PolynomialDecay(
                learning_rate, steps, end_learning_rate=0.0
            )
        )

    def adapted(self, theta, x, labels, steps, size):
        """Weights after some inner steps on minibatches of a batch."""

        def gradient_at(weights, step):
            batch = minibatch(x, labels, step, size)
            return gradient_of(
                lambda weights: network_loss(self.embedding, weights, *batch), weights
            )

        if self.inner_optimizer == ADAM:
            return adam_steps(gradient_at, theta, steps, self.inner_rate)
        for step in range(steps):
            theta = descended(theta, gradient_at(theta, step), self.inner_rate)
        return theta

    def meta_gradient(self, theta, episode):
        """The query's loss after the inner steps, which saw it, and theta - phi."""
        x = ops.concatenate([episode.support_x, episode.query_x], axis=0)
        labels = ops.concatenate([episode.support_y, episode.query_y], axis=0)
        phi = self.adapted(theta, x, labels, self.inner_steps, self.minibatch_size)
        logits = query_logits(
            self.embedding,
            phi,
            episode.support_x,
            episode.query_x,
            self.statistics,
        )
        towards = keras.tree.map_structure(ops.subtract, theta, phi)
        return cross_entropy(logits, episode.query_y), towards

    def logits(self, theta, support_x, support_y, query_x, ways):
        del ways
        phi = self.adapted(
            theta, support_x, support_y, self.prediction_steps, support_x.shape[0]
        )
        return query_logits(self.embedding, phi, support_x, query_x, self.statistics)

    def get_config(self):
        return {
            **super().get_config(),
            "inner_steps": self.inner_steps,
            "inner_rate": self.inner_rate,
            "inner_optimizer": self.inner_optimizer,
            "minibatch_size": self.minibatch_size,
            "prediction_steps": self.prediction_steps,
        }
