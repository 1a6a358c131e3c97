"""Similarity matching: Hebbian feedforward and anti-Hebbian lateral weights."""

import gin
import keras
from keras import ops

from learned_update import backend
from learned_update.layers.local_rules.layer_view import LocalChange
from learned_update.layers.local_rules.local_rule import LocalRule
from learned_update.layers.local_rules.presynaptic import outer, unit_total_variance
from learned_update.layers.parts import PACKAGE

RIDGE = 1e-3  # added to the lateral weights' diagonal, in place of a constant rank


def matched(x, weights, lateral):
    """y of lateral y = w^T x, where the neural dynamics come to rest.

    Args:
        x: centred inputs, `(batch, inputs)`.
        weights: w, `(inputs, units)`.
        lateral: symmetric and positive, `(units, units)`.

    Returns:
        `(batch, units)`.
    """
    ridge = RIDGE * ops.eye(ops.shape(lateral)[0], dtype=lateral.dtype)
    drive = ops.transpose(ops.matmul(x, weights))
    return ops.transpose(backend.solve_positive(lateral + ridge, drive))


@gin.register(module="learned_update")
@keras.saving.register_keras_serializable(PACKAGE)
class SimilarityMatching(LocalRule):
    """Outputs as similar to each other as the inputs are.

    dw = 2 (E[x y^T] - w), lateral <- lateral + rate / ratio (E[y y^T] - lateral).
    Pehlevan, Sengupta and Chklovskii, Why do similarity matching objectives lead to
    Hebbian/anti-Hebbian networks? (2018), the online algorithm, after Pehlevan and
    Chklovskii (2015). The paper lets the rate fall; the lateral weights' diagonal has
    1e-3 added where they are inverted, or a layer wider than its inputs would divide
    by zero. Features are those of the feedforward weights, without the lateral ones.

    Args:
        rate: eta, of the weights.
        ratio: tau, by which lateral weights are slower; 1/2 in the paper.
    """

    sees = "pre, post, posts of its layer (lateral weights)"
    activation = "linear"
    state = (("lateral", "oo", "identity"),)

    def __init__(self, rate=0.1, ratio=0.5, **kwargs):
        super().__init__({"rate": rate, "ratio": ratio}, **kwargs)

    def layer_change(self, constants, view):
        x = unit_total_variance(view.x)
        lateral = view.state["lateral"]
        y = matched(x, view.weights, lateral)
        rate = constants["rate"] / constants["ratio"]
        state = {"lateral": lateral + rate * (outer(y, y) - lateral)}
        return LocalChange(2.0 * (outer(x, y) - view.weights), state=state)
