"""Latent predictive learning."""

import gin
import keras
from keras import ops

from learned_update.layers.local_rules.layer_view import LocalChange
from learned_update.layers.local_rules.local_rule import LocalRule
from learned_update.layers.local_rules.masks import keep_mask
from learned_update.layers.local_rules.presynaptic import (
    centred,
    outer,
    unit_variance,
)
from learned_update.layers.parts import PACKAGE

VARIANCE_EPSILON = 1e-4  # added to variances, as in the authors' code


def lpl_error(z, other, hebbian, decorrelation):
    """What each unit adds to its postsynaptic factor, `(batch, units)`.

    (other - z) + hebbian (z - mean) / (variance + 1e-4)
    - 2 decorrelation sum_{k != j} cov_jk (z_k - mean_k) / (units - 1)

    The negative gradient, per unit and example, of the objectives of Halvagal and
    Zenke (2023), predictive, Hebbian and decorrelation, divided by 2.

    Args:
        z: outputs, `(batch, units)`.
        other: those of the other view of the same examples.
        hebbian: strength of the Hebbian term.
        decorrelation: strength of the decorrelation.
    """
    deviation = centred(z)
    samples = ops.cast(ops.shape(z)[0], z.dtype)
    covariance = outer(deviation, deviation) * samples / (samples - 1.0)
    unit = ops.arange(ops.shape(covariance)[0])
    others = ops.cast(unit[:, None] != unit[None, :], z.dtype)
    units = ops.cast(ops.shape(covariance)[0], z.dtype)
    variance = ops.sum(covariance * (1.0 - others), axis=0)
    correlated = ops.matmul(deviation, covariance * others)
    return (
        other
        - z
        + hebbian * deviation / (variance + VARIANCE_EPSILON)
        - 2.0 * decorrelation * correlated / ops.maximum(units - 1.0, 1.0)
    )


def lpl_change(x, other, weights, hebbian, decorrelation):
    """dw = E[x f'(a) error], a = x w, f = relu, mean over both views as either side.

    Args:
        x: one view, `(batch, inputs)`.
        other: the other view of the same examples.
        weights: w, `(inputs, units)`.
        hebbian: see `lpl_error`.
        decorrelation: see `lpl_error`.
    """
    views = (x, other)
    products = [ops.matmul(view, weights) for view in views]
    outputs = [ops.relu(product) for product in products]
    changes = []
    for place in range(2):
        error = lpl_error(outputs[place], outputs[1 - place], hebbian, decorrelation)
        slope = ops.cast(products[place] > 0, error.dtype)
        changes.append(outer(views[place], slope * error))
    return (changes[0] + changes[1]) / 2.0


@gin.register(module="learned_update")
@keras.saving.register_keras_serializable(PACKAGE)
class Lpl(LocalRule):
    """Latent predictive learning: outputs that change little, vary and differ.

    Halvagal and Zenke, The combination of Hebbian and predictive plasticity learns
    invariant object representations in deep sensory networks (2023), with the
    strengths of the authors' code. The positive pair: the same example, its
    presynaptic activations seen through two masks. Plain steps instead of Adam's,
    divided by the number of inputs.

    Args:
        rate: of the weights.
        hebbian: strength of the Hebbian term; 1 in the authors' code.
        decorrelation: strength of the decorrelation; 10.
        decay: of the weights, relative to the rate; 1.5e-6.
        kept: share of the inputs that a view has, not trained.
    """

    sees = "pre, post, posts of its layer, two views, batch statistics"

    def __init__(
        self,
        rate=3.0,
        hebbian=1.0,
        decorrelation=10.0,
        decay=1.5e-6,
        kept=0.7,
        **kwargs,
    ):
        constants = {
            "rate": rate,
            "hebbian": hebbian,
            "decorrelation": decorrelation,
            "decay": decay,
        }
        super().__init__(constants, **kwargs)
        self.kept = kept

    def layer_change(self, constants, view):
        x = unit_variance(view.x)
        change = lpl_change(
            x * keep_mask(x, self.kept, salt=1) / self.kept,
            x * keep_mask(x, self.kept, salt=2) / self.kept,
            view.weights,
            constants["hebbian"],
            constants["decorrelation"],
        )
        inputs = ops.cast(ops.shape(x)[1], x.dtype)
        return LocalChange(change / inputs - constants["decay"] * view.weights)

    def get_config(self):
        return {**super().get_config(), "kept": self.kept}
