"""Meta-SGD (Li et al., 2017): every weight's inner learning rate is learned, too."""

import keras
import numpy as np

from learned_update.few_shot.gradient.maml import Maml
from learned_update.few_shot.gradient.network import initial_network
from learned_update.few_shot.learner import PACKAGE


@keras.saving.register_keras_serializable(PACKAGE)
class MetaSgd(Maml):
    """w - a * dL/dw with a tree of rates a, which start at `inner_rate`.

    A rate may become negative, as published.
    """

    method = "meta-sgd"

    def initial(self, rng):
        weights = initial_network(self.embedding, rng, self.ways)
        rates = keras.tree.map_structure(
            lambda w: np.full_like(w, self.inner_rate), weights
        )
        return {"weights": weights, "rates": rates}

    def adapted(self, theta, support_x, support_y, steps):
        weights = theta["weights"]
        for _ in range(steps):
            gradient = self.support_gradient(weights, support_x, support_y)
            weights = keras.tree.map_structure(
                lambda w, a, g: w - a * g, weights, theta["rates"], gradient
            )
        return weights
