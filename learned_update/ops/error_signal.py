"""How the error of a unit is made and carried down (released_rule, section 4)."""

import math

from keras import ops

from learned_update import backend


def error_signal(d, z, readout):
    """delta = d sigmoid(z) + readout, sigmoid for every activation function.

    Args:
        d: error arriving from above, `(channels, batch, units)`.
        z: pre-activations, `(batch, units)`.
        readout: of the unit states, `(channels, batch, units)`.

    Returns:
        `(channels, batch, units)`.
    """
    return d * ops.sigmoid(z) + readout


def contrasted(delta, strength):
    """delta - strength (mean of delta over the batch).

    Args:
        delta: error signal, `(channels, batch, units)`.
        strength: `(channels, 1, 1)`; at 1 a channel is the contrast of each example to
            the whole batch.

    Returns:
        `(channels, batch, units)`.
    """
    return delta - strength * backend.mean(delta, axis=1, keepdims=True)


def carry_down(delta, feedback, fan_scaling):
    """e_i = sum_j delta_j V_ij.

    Args:
        delta: error signal of the level above, `(channels, rows, units_above)`.
        feedback: V, `(inputs, units_above)`.
        fan_scaling: whether to divide the sum by sqrt(units_above).

    Returns:
        Error at the inputs of the kernel, `(channels, rows, inputs)`.
    """
    carried = backend.matmul(delta, ops.transpose(feedback))
    if fan_scaling:
        above = ops.cast(ops.shape(feedback)[1], delta.dtype)
        carried = carried * ops.rsqrt(above)
    return carried


def aligned_feedback(kernel, drawn, alignment):
    """V = a W + sqrt(1 - a^2) V', of the variance of W and V', correlated with W by a.

    Args:
        kernel: W, `(inputs, units_above)`.
        drawn: V', drawn as W, `(inputs, units_above)`.
        alignment: a, from 0 to 1.

    Returns:
        `(inputs, units_above)`; V' itself at alignment 0.
    """
    return alignment * kernel + math.sqrt(1.0 - alignment**2) * drawn
