"""The rule of Bienenstock, Cooper and Munro, with a sliding threshold."""

import gin
import keras
from keras import ops

from learned_update import backend
from learned_update.layers.local_rules.layer_view import LocalChange
from learned_update.layers.local_rules.local_rule import LocalRule
from learned_update.layers.local_rules.presynaptic import outer, unit_variance
from learned_update.layers.parts import PACKAGE

SMALLEST_THRESHOLD = 1e-3  # that a change is divided by


def bcm_change(x, weights, threshold):
    """dw = E[x y (y - threshold)] / max(threshold, E[y^2]), y = relu(x w).

    Law and Cooper (1994) divide by the threshold, to which E[y^2] comes in the end. As
    long as a threshold lags behind its unit, the change would grow without bound.

    Args:
        x: centred inputs, `(batch, inputs)`.
        weights: w, `(inputs, units)`.
        threshold: `(units,)`, that slides after E[y^2].

    Returns:
        `(change, y)`: `(inputs, units)` and `(batch, units)`.
    """
    y = ops.relu(ops.matmul(x, weights))
    change = outer(x, y * (y - threshold))
    divisor = ops.maximum(threshold, backend.mean(ops.square(y), axis=0))
    return change / ops.maximum(divisor, SMALLEST_THRESHOLD), y


@gin.register(module="learned_update")
@keras.saving.register_keras_serializable(PACKAGE)
class Bcm(LocalRule):
    """BCM: outputs above a threshold strengthen, below it weaken; the threshold slides.

    threshold <- threshold + (E[y^2] - threshold) slide. Bienenstock, Cooper and Munro
    (1982); the threshold as Intrator and Cooper (1992) have it, the division by it
    that of Law and Cooper, Formation of receptive fields in realistic visual
    environments (1994), where the threshold does not lag. The step is divided by the
    number of inputs.

    Args:
        rate: of the weights.
        slide: of the threshold: 1 / time constant in inner steps; more than 1, which
            meta-training may ask for, counts as 1, as the threshold would overshoot.
    """

    sees = "pre, post, its threshold"
    state = (("threshold", "o", 1.0),)

    def __init__(self, rate=0.1, slide=0.1, **kwargs):
        super().__init__({"rate": rate, "slide": slide}, **kwargs)

    def layer_change(self, constants, view):
        x = unit_variance(view.x)
        threshold = view.state["threshold"]
        change, y = bcm_change(x, view.weights, threshold)
        slid = backend.mean(ops.square(y), axis=0) - threshold
        inputs = ops.cast(ops.shape(x)[1], x.dtype)
        slide = ops.minimum(constants["slide"], 1.0)
        state = {"threshold": threshold + slide * slid}
        return LocalChange(change / inputs, state=state)
