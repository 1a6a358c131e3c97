"""CLAPP: contrastive, local and predictive plasticity."""

import gin
import keras
from keras import ops

from learned_update.layers.local_rules.layer_view import LocalChange
from learned_update.layers.local_rules.local_rule import LocalRule
from learned_update.layers.local_rules.masks import keep_mask, next_rows
from learned_update.layers.local_rules.presynaptic import outer, unit_variance
from learned_update.layers.parts import PACKAGE


def clapp_change(x, context, weights, prediction, sign):
    """Changes that one kind of pair calls for (Illing et al. 2021, CLAPP rule).

    With z = relu(x w), c = relu(context w), dendrite = prediction c, score = z .
    dendrite / units and the gate g = sign [sign score < 1], that is a third factor,

        dw_ij = E[g x_i f'(a_j) dendrite_j],   dprediction_jk = E[g z_j c_k]

    Args:
        x: presynaptic activations now, `(batch, inputs)`.
        context: what is to predict them: another view, or another example.
        weights: w, `(inputs, units)`.
        prediction: `(units, units)`.
        sign: 1 for pairs of one example, -1 for pairs of two.

    Returns:
        `(change of w, change of prediction)`.
    """
    product = ops.matmul(x, weights)
    z, c = ops.relu(product), ops.relu(ops.matmul(context, weights))
    dendrite = ops.matmul(c, ops.transpose(prediction))
    score = ops.mean(z * dendrite, axis=1, keepdims=True)
    gate = sign * ops.cast(sign * score < 1.0, z.dtype)
    slope = ops.cast(product > 0, z.dtype)
    return outer(x, gate * slope * dendrite), outer(gate * z, c)


@gin.register(module="learned_update")
@keras.saving.register_keras_serializable(PACKAGE)
class Clapp(LocalRule):
    """Dendrites predict what the layer will do; a layer-wide gate says if they should.

    Illing, Ventura, Bellec and Gerstner, Local plasticity rules can learn deep
    representations using self-supervised contrastive predictions (2021), with its
    hinge at 1. The positive pair: one example through two masks; the negative: an
    example and the next row of the batch. Predictions go one way; the score is a mean
    over units; plain steps instead of Adam's, divided by the number of inputs.

    Args:
        rate: of the weights.
        prediction_rate: of the predicting weights.
        kept: share of the inputs that a view has, not trained.
    """

    sees = "pre, post, posts of its layer (dendrite), gate of the layer, two views"
    state = (("prediction", "oo", "identity"),)

    def __init__(self, rate=1.0, prediction_rate=0.01, kept=0.7, **kwargs):
        constants = {"rate": rate, "prediction_rate": prediction_rate}
        super().__init__(constants, **kwargs)
        self.kept = kept

    def layer_change(self, constants, view):
        x = unit_variance(view.x)
        now = x * keep_mask(x, self.kept, salt=1) / self.kept
        context = x * keep_mask(x, self.kept, salt=2) / self.kept
        prediction = view.state["prediction"]
        same = clapp_change(now, context, view.weights, prediction, 1.0)
        others = clapp_change(now, next_rows(context), view.weights, prediction, -1.0)
        inputs = ops.cast(ops.shape(x)[1], x.dtype)
        moved = constants["prediction_rate"] * (same[1] + others[1])
        return LocalChange(
            (same[0] + others[0]) / inputs, state={"prediction": prediction + moved}
        )

    def get_config(self):
        return {**super().get_config(), "kept": self.kept}
