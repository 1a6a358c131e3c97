"""What a unit can know of its own weights (spec section 4)."""

from keras import ops

from learned_update import backend

MAGNITUDE_EPSILON = 1e-6  # released_rule, section 4
SPREAD_EPSILON = 1e-8  # released_rule, section 4
SCALE_EPSILON = 1e-6  # released_rule, section 4


def moments_of_weights(kernel, axis):
    """Mean |w|, sqrt(mean w^2), mean w and standard deviation along an axis.

    Args:
        kernel: `(in, out)`.
        axis: 0 for the fan-in of the units above, 1 for the fan-out of those below.

    Returns:
        `(units, 4)`.
    """
    mean = backend.mean(kernel, axis=axis, keepdims=True)
    return ops.stack(
        [
            backend.mean(ops.abs(kernel), axis=axis),
            ops.sqrt(backend.mean(ops.square(kernel), axis=axis) + MAGNITUDE_EPSILON),
            ops.squeeze(mean, axis=axis),
            ops.sqrt(
                backend.mean(ops.square(kernel - mean), axis=axis) + SPREAD_EPSILON
            ),
        ],
        axis=-1,
    )  # (units, 4)


def weight_statistics(kernel_below, kernel_above):
    """Statistics of a unit's fan-in and fan-out, all divided by one scale.

    At the input (no kernel below) and at the top (none above) the statistics of the
    kernel that exists are repeated.

    Args:
        kernel_below: `(units_below, units)` or None.
        kernel_above: `(units, units_above)` or None.

    Returns:
        `(units, 8)`, of unit root mean square over all entries.
    """
    statistics = []
    if kernel_below is not None:
        statistics.append(moments_of_weights(kernel_below, axis=0))
    if kernel_above is not None:
        statistics.append(moments_of_weights(kernel_above, axis=1))
    if len(statistics) == 1:
        statistics = 2 * statistics
    both = ops.concatenate(statistics, axis=-1)  # (units, 8)
    return both * ops.rsqrt(backend.mean(ops.square(both)) + SCALE_EPSILON)
