"""What a unit can know of its activity in a batch (neuron_local)."""

import functools
import math
import operator

from keras import ops

from learned_update import backend
from learned_update.ops.competition import win_probability
from learned_update.ops.normalisation import standardise
from learned_update.ops.readouts import is_wide

CORRELATION_EPSILON = 1e-6  # as c(x) of released_rule, section 5


def winner_share(z):
    """n softmax(2 z) - 1 over units: who of n units wins an example.

    Args:
        z: `(batch, units)`.

    Returns:
        `(batch, units)`, of mean 0 over units.
    """
    units = ops.cast(ops.shape(z)[1], z.dtype)
    return units * win_probability(z) - 1.0


def correlation_projection(x):
    """u (u^T u) / (B sqrt(n)): activity projected on its own correlations.

    Args:
        x: activations, `(batch, units)`; u are the standardised ones.

    Returns:
        `(batch, units)`.
    """
    u = standardise(x, CORRELATION_EPSILON)
    batch, units = ops.shape(x)[0], ops.shape(x)[1]
    if is_wide(x.shape[1]):
        projected = backend.matmul(backend.matmul(u, ops.transpose(u)), u)
    else:
        projected = backend.matmul(u, backend.matmul(ops.transpose(u), u))
    scale = ops.cast(batch, x.dtype) * ops.sqrt(ops.cast(units, x.dtype))
    return projected / scale


def bounded_moment(x, order):
    """m / (1 + |m|), m = (E[u^order] - g) / s, of x standardised over the batch, u.

    g and s are mean and standard deviation of the power of a Gaussian number, so that
    m is 0 for Gaussian activity, and skewness and kurtosis are alike in size.

    Args:
        x: activations, `(batch, units)`.
        order: of the moment; 3 for skewness, 4 for kurtosis.

    Returns:
        `(units,)`, between -1 and 1.
    """
    u = standardise(x, CORRELATION_EPSILON)
    power = functools.reduce(operator.mul, [u] * order)
    expected = _gaussian_moment(order)
    spread = math.sqrt(_gaussian_moment(2 * order) - expected**2)
    moment = (backend.mean(power, axis=0) - expected) / spread
    return moment / (1.0 + ops.abs(moment))


def _gaussian_moment(order):
    """(order - 1)!! if it is even, else 0."""
    return 0 if order % 2 else math.prod(range(1, order, 2))


def positional_waves(units, dtype):
    """sin and cos of linspace(0, 4 pi, n): a unit's identity by its position.

    Args:
        units: number of units n.
        dtype: of the result.

    Returns:
        `(units, 2)` (released_rule, section 4).
    """
    steps = ops.cast(ops.arange(units), dtype)
    last = ops.cast(ops.maximum(units - 1, 1), dtype)
    angle = 12.566370614359172 * steps / last  # 4 pi, both ends included
    return ops.stack([ops.sin(angle), ops.cos(angle)], axis=-1)
