"""Supervised learning on the support alone, from new weights."""

import keras
from keras import ops

from learned_update.few_shot.gradient.inner_steps import adam_steps, gradient_of
from learned_update.few_shot.gradient.network import (
    initial_network,
    network_loss,
    query_logits,
)
from learned_update.few_shot.learner import PACKAGE, Learner
from learned_update.few_shot.ordinary.head_fitting import MOMENTUM
from learned_update.randomness import generator


@keras.saving.register_keras_serializable(PACKAGE)
class FromScratch(Learner):
    """The same network at the same random weights, trained on each support.

    It learns nothing from meta-training. Free in ways and shots.

    Args:
        training_steps: of Adam on the whole support.
        rate: of these.
        **settings: of `Learner`.
    """

    method = "from-scratch"

    def __init__(self, training_steps=50, rate=1e-3, **settings):
        self.training_steps = training_steps
        self.rate = rate
        super().__init__(**settings)

    def initial(self, rng):
        del rng
        return ()

    def logits(self, theta, support_x, support_y, query_x, ways):
        del theta
        weights = keras.tree.map_structure(
            lambda array: ops.cast(ops.convert_to_tensor(array), support_x.dtype),
            initial_network(self.embedding, generator(self.seed), ways),
        )

        def gradient_at(weights, _):
            return gradient_of(
                lambda weights: network_loss(
                    self.embedding, weights, support_x, support_y
                ),
                weights,
            )

        weights = adam_steps(
            gradient_at, weights, self.training_steps, self.rate, MOMENTUM
        )
        return query_logits(
            self.embedding, weights, support_x, query_x, self.statistics
        )

    def get_config(self):
        return {
            **super().get_config(),
            "training_steps": self.training_steps,
            "rate": self.rate,
        }
