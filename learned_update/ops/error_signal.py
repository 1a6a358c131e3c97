"""How the error of a unit is made and carried down (released_rule, section 4)."""

from keras import ops

from learned_update import backend
from learned_update.ops.normalisation import scale_by_rms


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


def carry_down(delta, feedback, epsilon, fan_scaling):
    """e_i = sum_j delta_j V_ij, divided by its root mean square over channels.

    Args:
        delta: error signal of the level above, `(channels, batch, units_above)`.
        feedback: V, `(units, units_above)`.
        epsilon: added to the mean square over channels.
        fan_scaling: whether to divide the sum by sqrt(units_above) first.

    Returns:
        d of the level below, `(channels, batch, units)`.
    """
    carried = backend.matmul(delta, ops.transpose(feedback))
    if fan_scaling:
        above = ops.cast(ops.shape(feedback)[1], delta.dtype)
        carried = carried * ops.rsqrt(above)
    return scale_by_rms(carried, epsilon, axis=0)
