"""The forward-forward algorithm with negatives made of unlabelled examples."""

import gin
import keras
from keras import ops

from learned_update.layers.local_rules.layer_view import LocalChange
from learned_update.layers.local_rules.local_rule import LocalRule
from learned_update.layers.local_rules.masks import band_mask, next_rows
from learned_update.layers.local_rules.presynaptic import outer, unit_examples
from learned_update.layers.parts import PACKAGE


def goodness(x, weights):
    """sum_j y_j^2 with y = relu(x w), `(batch,)`."""
    return ops.sum(ops.square(ops.relu(ops.matmul(x, weights))), axis=1)


def goodness_change(x, weights, threshold, sign):
    """E[2 s x y], s = sign sigmoid(-sign (goodness - threshold)).

    The gradient of E[log sigmoid(sign (goodness - threshold))], the logarithm of the
    probability that examples are what they are (Hinton 2022, equation 1): y is the
    postsynaptic factor, s one number of the layer and example.

    Args:
        x: `(batch, inputs)`.
        weights: w, `(inputs, units)`.
        threshold: scalar.
        sign: 1 for positive examples, -1 for negative ones.

    Returns:
        `(inputs, units)`.
    """
    surprise = ops.sigmoid(-sign * (goodness(x, weights) - threshold))
    y = ops.relu(ops.matmul(x, weights))
    return outer(x, 2.0 * sign * surprise[:, None] * y)


@gin.register(module="learned_update")
@keras.saving.register_keras_serializable(PACKAGE)
class ForwardForward(LocalRule):
    """Activity is to be high on examples and low on examples made of two halves.

    Hinton, The forward-forward algorithm: some preliminary investigations (2022), the
    unsupervised example. Negatives are made layer by layer: half of the inputs, a run
    of them, from one row of the batch and the rest from the next row. Examples are
    centred and of one length, sqrt(inputs). Plain steps, divided by the number of
    inputs.

    Args:
        rate: of the weights.
        threshold: of the goodness, per unit; 1 in the author's code.
    """

    sees = "pre, post, goodness of the layer, negative examples"

    def __init__(self, rate=3.0, threshold=1.0, **kwargs):
        super().__init__({"rate": rate, "threshold": threshold}, **kwargs)

    def layer_change(self, constants, view):
        inputs = ops.cast(ops.shape(view.x)[1], view.x.dtype)
        length = ops.sqrt(inputs)
        x = unit_examples(view.x)
        half = band_mask(x)
        hybrid = unit_examples(half * x + (1.0 - half) * next_rows(x))
        units = ops.cast(ops.shape(view.weights)[1], x.dtype)
        threshold = constants["threshold"] * units
        change = goodness_change(length * x, view.weights, threshold, 1.0)
        change += goodness_change(length * hybrid, view.weights, threshold, -1.0)
        return LocalChange(change / inputs)
