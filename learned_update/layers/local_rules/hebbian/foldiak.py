"""Foldiak's Hebbian learning with anti-Hebbian decorrelation."""

import gin
import keras
from keras import ops

from learned_update import backend
from learned_update.layers.local_rules.layer_view import LocalChange
from learned_update.layers.local_rules.local_rule import LocalRule
from learned_update.layers.local_rules.presynaptic import outer, unit_total_variance
from learned_update.layers.parts import PACKAGE

SETTLING_STEPS = 10  # of Euler's method
SETTLING_RATE = 0.25  # share of the way that each of them goes


def settled(drive, lateral, gain):
    """y of dy/dt = f(drive + y lateral) - y, f(u) = 1 / (1 + exp(-gain u)).

    Ten steps of Euler's method from y = 0 (Foldiak 1990, output of the network).

    Args:
        drive: x w - threshold, `(batch, units)`.
        lateral: symmetric, `(units, units)`, not above 0.
        gain: of the sigmoid, a scalar.

    Returns:
        `(batch, units)`, between 0 and 1.
    """
    y = ops.zeros_like(drive)
    for _ in range(SETTLING_STEPS):
        target = ops.sigmoid(gain * (drive + ops.matmul(y, lateral)))
        y = y + SETTLING_RATE * (target - y)
    return y


def hebbian_change(x, weights, y):
    """dw_ij = E[y_j (x_i - w_ij)] (Foldiak 1990, Hebbian rule)."""
    return outer(x, y) - weights * backend.mean(y, axis=0)


def anti_hebbian(lateral, y, probability, rate):
    """The next lateral weights, min(0, l_jk - rate (E[y_j y_k] - p^2)), diagonal 0."""
    unit = ops.arange(ops.shape(lateral)[0])
    others = ops.cast(unit[:, None] != unit[None, :], lateral.dtype)
    moved = lateral - rate * (outer(y, y) - ops.square(probability))
    return ops.minimum(moved, 0.0) * others


@gin.register(module="learned_update")
@keras.saving.register_keras_serializable(PACKAGE)
class Foldiak(LocalRule):
    """Hebbian weights, anti-Hebbian lateral weights, thresholds for a rate of firing.

    Foldiak, Forming sparse representations by local anti-Hebbian learning (1990), with
    the constants of its lines experiment. Outputs are as they settle, not rounded to
    0 or 1, so that theta has a gradient; the batch stands for one example. Lateral
    weights and thresholds act in learning only: features are the base model's.

    Args:
        rate: beta, of the weights; 0.02 in the paper.
        lateral_rate: alpha, of the lateral weights; 0.1.
        threshold_rate: gamma, of the thresholds; 0.02.
        probability: p, of firing; 1/8.
        gain: lambda, of the sigmoid; 10.
    """

    sees = "pre, post, posts of its layer (lateral weights), its threshold"
    state = (("lateral", "oo", 0.0), ("threshold", "o", 0.0))

    def __init__(
        self,
        rate=0.02,
        lateral_rate=0.1,
        threshold_rate=0.02,
        probability=0.125,
        gain=10.0,
        **kwargs,
    ):
        constants = {
            "rate": rate,
            "lateral_rate": lateral_rate,
            "threshold_rate": threshold_rate,
            "probability": probability,
            "gain": gain,
        }
        super().__init__(constants, **kwargs)

    def layer_change(self, constants, view):
        x = unit_total_variance(view.x)
        lateral, threshold = view.state["lateral"], view.state["threshold"]
        drive = ops.matmul(x, view.weights) - threshold
        y = settled(drive, lateral, constants["gain"])
        probability = constants["probability"]
        surplus = backend.mean(y, axis=0) - probability
        state = {
            "lateral": anti_hebbian(lateral, y, probability, constants["lateral_rate"]),
            "threshold": threshold + constants["threshold_rate"] * surplus,
        }
        return LocalChange(hebbian_change(x, view.weights, y), state=state)
