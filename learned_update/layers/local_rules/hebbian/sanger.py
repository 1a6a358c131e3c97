"""Sanger's generalised Hebbian algorithm."""

import gin
import keras
from keras import ops

from learned_update.layers.local_rules.layer_view import LocalChange
from learned_update.layers.local_rules.local_rule import LocalRule
from learned_update.layers.local_rules.presynaptic import (
    bounded,
    outer,
    unit_total_variance,
)
from learned_update.layers.parts import PACKAGE


def sanger_change(x, weights, decay):
    """dw_ij = E[y_j (x_i - decay sum_{k <= j} w_ik y_k)], y = x w (Sanger 1989).

    Args:
        x: centred inputs, `(batch, inputs)`.
        weights: w, `(inputs, units)`.
        decay: 1 for orthonormal weights in the end.

    Returns:
        `(change, y)`: `(inputs, units)` and `(batch, units)`.
    """
    y = ops.matmul(x, weights)
    unit = ops.arange(ops.shape(weights)[1])
    earlier = ops.cast(unit[:, None] <= unit[None, :], weights.dtype)
    return outer(x, y) - decay * ops.matmul(weights, earlier * outer(y, y)), y


@gin.register(module="learned_update")
@keras.saving.register_keras_serializable(PACKAGE)
class Sanger(LocalRule):
    """The generalised Hebbian algorithm: unit j becomes the j-th principal component.

    Sanger, Optimal unsupervised learning in a single-layer linear feedforward neural
    network (1989). The paper lets the rate fall and does not bound it by the outputs'
    variance.

    Args:
        rate: of the weights.
        decay: strength of the deflation; 1 in the paper.
    """

    sees = "pre, post, posts of units before it"
    activation = "linear"

    def __init__(self, rate=0.5, decay=1.0, **kwargs):
        super().__init__({"rate": rate, "decay": decay}, **kwargs)

    def layer_change(self, constants, view):
        x = unit_total_variance(view.x)
        change, y = sanger_change(x, view.weights, constants["decay"])
        return LocalChange(bounded(change, y))
