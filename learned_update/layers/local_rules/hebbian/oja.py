"""Oja's rule for the principal subspace."""

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


def oja_change(x, weights, decay):
    """dw = E[x y^T] - decay w E[y y^T] with y = x w (Oja 1989).

    Args:
        x: centred inputs, `(batch, inputs)`.
        weights: w, `(inputs, units)`.
        decay: 1 for orthonormal weights in the end.

    Returns:
        `(change, y)`: `(inputs, units)` and `(batch, units)`.
    """
    y = ops.matmul(x, weights)
    return outer(x, y) - decay * ops.matmul(weights, outer(y, y)), y


@gin.register(module="learned_update")
@keras.saving.register_keras_serializable(PACKAGE)
class Oja(LocalRule):
    """The subspace form of Oja's rule: w w^T becomes a projector on components.

    Oja, Neural networks, principal components, and subspaces (1989); for one unit, A
    simplified neuron model as a principal component analyzer (1982), equation 3.
    The paper lets the rate fall as 1/t and does not bound it by the outputs' variance.

    Args:
        rate: of the weights.
        decay: strength of the term that bounds the weights; 1 in the paper.
    """

    sees = "pre, post, posts of its layer"
    activation = "linear"

    def __init__(self, rate=0.5, decay=1.0, **kwargs):
        super().__init__({"rate": rate, "decay": decay}, **kwargs)

    def layer_change(self, constants, view):
        x = unit_total_variance(view.x)
        change, y = oja_change(x, view.weights, constants["decay"])
        return LocalChange(bounded(change, y))
