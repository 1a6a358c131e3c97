"""MAML (Finn et al., 2017), with second derivatives and without."""

import keras

from learned_update.errors import invalid
from learned_update.few_shot.gradient.inner_steps import (
    gradient_of,
    sgd_steps,
    stopped,
)
from learned_update.few_shot.gradient.network import (
    initial_network,
    network_loss,
    query_logits,
)
from learned_update.few_shot.learner import PACKAGE, Learner


@keras.saving.register_keras_serializable(PACKAGE)
class Maml(Learner):
    """Initial weights from which a few gradient steps on the support learn a task.

    The meta-loss is the query's after the inner steps, differentiated through them.
    The ways are those of meta-training, the shots are free.

    Args:
        inner_steps: of meta-training.
        inner_rate: of gradient descent on the support.
        prediction_steps: inner steps of `predict`; None for as many as in
            meta-training.
        **settings: of `Learner`.
    """

    method = "maml"
    fixed_ways = True
    tasks_per_step = 4

    def __init__(
        self, inner_steps=1, inner_rate=0.4, prediction_steps=None, **settings
    ):
        if inner_steps < 1 or not inner_rate > 0:
            raise invalid(
                "There is no inner loop with these settings.",
                expected="inner_steps >= 1, inner_rate > 0",
                received=f"inner_steps={inner_steps}, inner_rate={inner_rate}",
                remedy="Leave them out for the defaults.",
            )
        self.inner_steps = inner_steps
        self.inner_rate = inner_rate
        self.prediction_steps = prediction_steps
        super().__init__(**settings)

    def initial(self, rng):
        return initial_network(self.embedding, rng, self.ways)

    def support_gradient(self, weights, support_x, support_y):
        """Gradient of `support_loss`, as the inner steps take it."""
        return gradient_of(
            lambda weights: self.support_loss(weights, support_x, support_y), weights
        )

    def support_loss(self, weights, support_x, support_y):
        """Cross-entropy of a support that is normalised by itself."""
        return network_loss(self.embedding, weights, support_x, support_y)

    def adapted(self, theta, support_x, support_y, steps):
        """Weights after some inner steps on a support."""
        return sgd_steps(
            lambda weights: self.support_gradient(weights, support_x, support_y),
            theta,
            steps,
            self.inner_rate,
        )

    def logits(self, theta, support_x, support_y, query_x, ways):
        del ways
        return self._logits(theta, support_x, support_y, query_x, self.inner_steps)

    def probabilities(self, theta, support_x, support_y, query_x, ways):
        del ways
        steps = self.prediction_steps or self.inner_steps
        return keras.ops.softmax(
            self._logits(theta, support_x, support_y, query_x, steps)
        )

    def _logits(self, theta, support_x, support_y, query_x, steps):
        weights = self.adapted(theta, support_x, support_y, steps)
        return query_logits(
            self.embedding, weights, support_x, query_x, self.statistics
        )

    def get_config(self):
        return {
            **super().get_config(),
            "inner_steps": self.inner_steps,
            "inner_rate": self.inner_rate,
            "prediction_steps": self.prediction_steps,
        }


@keras.saving.register_keras_serializable(PACKAGE)
class FirstOrderMaml(Maml):
    """MAML whose inner gradients count as constants: no second derivatives."""

    method = "fomaml"

    def support_gradient(self, weights, support_x, support_y):
        return stopped(super().support_gradient(weights, support_x, support_y))
