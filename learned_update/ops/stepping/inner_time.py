"""What the rule may know of how long it has been learning."""

import math

from keras import ops

from learned_update import backend


def time_functions(step, count, horizon):
    """tau_k = (1 - cos(pi k s)) / 2, s = min(log(1 + step) / log(1 + horizon), 1).

    Smooth, between 0 and 1, 0 before the first step, and constant from the horizon on:
    however long an unroll lasts, the rule sees nothing that it has not seen.

    Args:
        step: inner steps done, a scalar of a floating dtype.
        count: K, how many functions, k = 1 .. K.
        horizon: inner step from which they stay as they are.

    Returns:
        `(count,)`.
    """
    share = ops.minimum(ops.log1p(step) / math.log1p(horizon), 1.0)
    angles = [math.pi * k * share for k in range(1, count + 1)]
    return 0.5 * (1.0 - backend.cos(ops.stack(angles)))
