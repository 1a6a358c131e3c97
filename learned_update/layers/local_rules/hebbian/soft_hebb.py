"""SoftHebb: Hebbian learning of units that compete by a soft winner-take-all."""

import gin
import keras
from keras import ops

from learned_update import backend
from learned_update.layers.local_rules.layer_view import LocalChange
from learned_update.layers.local_rules.local_rule import LocalRule
from learned_update.layers.local_rules.presynaptic import outer, unit_examples
from learned_update.layers.parts import PACKAGE


def soft_hebb_change(x, weights, sharpness):
    """dw_ij = E[y_j (x_i - u_j w_ij)], u = x w, y = softmax(sharpness u).

    Weights become vectors of length 1 (Moraitis et al. 2022, the plasticity rule).

    Args:
        x: inputs of length 1, `(batch, inputs)`.
        weights: w, `(inputs, units)`.
        sharpness: of the competition, 1 / temperature.

    Returns:
        `(inputs, units)`.
    """
    u = ops.matmul(x, weights)
    scaled = sharpness * u
    y = ops.exp(scaled - ops.logsumexp(scaled, axis=-1, keepdims=True))
    return outer(x, y) - weights * backend.mean(y * u, axis=0)


@gin.register(module="learned_update")
@keras.saving.register_keras_serializable(PACKAGE)
class SoftHebb(LocalRule):
    """Soft winner-take-all: each unit moves to the examples that it wins.

    Moraitis et al., SoftHebb: Bayesian inference in unsupervised Hebbian soft
    winner-take-all networks (2022); Journe et al., Hebbian deep learning without
    feedback (2023) has it in depth. The mean over the batch is multiplied by the
    number of units, of which each wins about one example in as many.

    Args:
        rate: of the weights.
        sharpness: 1 / temperature of the softmax.
    """

    sees = "pre, post, posts of its layer (softmax)"

    def __init__(self, rate=0.1, sharpness=20.0, **kwargs):
        super().__init__({"rate": rate, "sharpness": sharpness}, **kwargs)

    def layer_change(self, constants, view):
        x = unit_examples(view.x)
        change = soft_hebb_change(x, view.weights, constants["sharpness"])
        units = ops.cast(ops.shape(view.weights)[1], change.dtype)
        return LocalChange(units * change)
