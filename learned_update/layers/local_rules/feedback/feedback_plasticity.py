"""Feedback that is learned, on a local reconstruction error."""

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


def reconstruction_change(x, weights, feedback):
    """E[(x - y v^T) y^T] with y = x w: what both w and v change by.

    Args:
        x: centred inputs, `(batch, inputs)`.
        weights: w, `(inputs, units)`.
        feedback: v, `(inputs, units)`.

    Returns:
        `(change, y)`: `(inputs, units)` and `(batch, units)`.
    """
    y = ops.matmul(x, weights)
    error = x - ops.matmul(y, ops.transpose(feedback))
    return outer(error, y), y


@gin.register(module="learned_update")
@keras.saving.register_keras_serializable(PACKAGE)
class FeedbackPlasticity(LocalRule):
    """Kolen-Pollack learning: w and v change alike and decay, until they are one.

    Units send their outputs back through v; inputs see what is missing of them. Both
    weights change by the product of that error and the output, and decay: the
    difference w - v shrinks by (1 - rate decay) in every step. Kolen and Pollack,
    Backpropagation without weight transport (1994); Akrout et al., Deep learning
    without weight transport (2019), equations 16 and 17. Here the error is that of the
    reconstruction by the layer itself, as in Oja's rule, which it becomes where w = v.

    Args:
        rate: of weights and feedback.
        decay: of both, relative to the rate.
    """

    sees = "pre, post, reconstruction error of the input"
    activation = "linear"

    def __init__(self, rate=0.5, decay=0.002, **kwargs):
        super().__init__({"rate": rate, "decay": decay}, **kwargs)

    def layer_change(self, constants, view):
        x = unit_total_variance(view.x)
        change, y = reconstruction_change(x, view.weights, view.feedback)
        change = bounded(change, y)
        return LocalChange(
            change - constants["decay"] * view.weights,
            feedback=change - constants["decay"] * view.feedback,
        )
