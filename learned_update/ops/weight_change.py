"""The terms of a weight change, one function each (released_rule, section 5).

Every term sees a `TermInputs` and returns a matrix of the shape of the kernel. The
sign is that of a change, which an inner step subtracts.
"""

from typing import Any, NamedTuple

from keras import ops

from learned_update import backend
from learned_update.ops.competition import win_probability
from learned_update.ops.readouts import (
    dense,
    is_wide,
    symmetric_times,
    times,
    times_symmetric,
)

DECORRELATION_EPSILON = 1e-8  # released_rule, term 2
WINNER_EPSILON = 1e-3  # neuron_local: added to a unit's mean share of wins


class TermInputs(NamedTuple):
    """What the terms of one layer are made of.

    Attributes:
        w: kernel with columns of unit root mean square, `(in, out)`.
        lower: standardised activations below, `(batch, in)`.
        upper: standardised activations above, `(batch, out)`.
        z: pre-activations above, `(batch, out)`.
        readout: the term's `LowRank` matrix, or None where it has none.
    """

    w: Any
    lower: Any
    upper: Any
    z: Any
    readout: Any = None


def zeroth_order(inputs):
    """R."""
    return dense(inputs.readout)


def first_order(inputs):
    """w * R."""
    return inputs.w * dense(inputs.readout)


def radial(inputs):
    """exp(-w^2) * R."""
    return ops.exp(-ops.square(inputs.w)) * dense(inputs.readout)


def linear_upper(inputs):
    """w S, with S symmetric between the units above."""
    return times_symmetric(inputs.w, inputs.readout)


def linear_upper_psd(inputs):
    """w P / sqrt(n), with P positive semi-definite between the units above."""
    return times(inputs.w, inputs.readout) / _sqrt_columns(inputs.w)


def linear_lower(inputs):
    """S w, with S symmetric between the units below."""
    return symmetric_times(inputs.readout, inputs.w)


def square_upper(inputs):
    """(f S) * sign(w), with S between the units above."""
    product = times_symmetric(_soft_magnitude(inputs.w), inputs.readout)
    return product * ops.sign(inputs.w)


def square_lower(inputs):
    """(S f) * sign(w), with S between the units below."""
    product = symmetric_times(inputs.readout, _soft_magnitude(inputs.w))
    return product * ops.sign(inputs.w)


def anti_hebbian(inputs):
    """-(lower^T upper) / B: subtracting it is Hebbian learning."""
    return -hebbian(inputs)


def hebbian(inputs):
    """lower^T upper / B."""
    return _batch_outer(inputs.lower, inputs.upper)


def decorrelation(inputs):
    """C = w (U^T U / B) / sqrt(n), divided by its root mean square."""
    change = backend.matmul(inputs.w, _batch_outer(inputs.upper, inputs.upper))
    change = change / _sqrt_columns(inputs.w)
    mean_square = backend.mean(ops.square(change) + DECORRELATION_EPSILON)
    return change * ops.rsqrt(mean_square)


def off_diagonal_decorrelation(inputs):
    """w (C - diag C) / sqrt(n), C = U^T U / B."""
    if is_wide(inputs.upper.shape[1]):
        variances = backend.mean(ops.square(inputs.upper), axis=0)  # (out,)
        product = _batch_outer(
            backend.matmul(inputs.upper, ops.transpose(inputs.w)), inputs.upper
        )
        change = product - inputs.w * variances
    else:
        correlation = _batch_outer(inputs.upper, inputs.upper)  # (out, out)
        units = ops.shape(correlation)[0]
        off_diagonal = 1.0 - ops.eye(units, dtype=correlation.dtype)
        change = backend.matmul(inputs.w, correlation * off_diagonal)
    return change / _sqrt_columns(inputs.w)


def square_decay(inputs):
    """w^2 sign(w): decay of large weights."""
    return ops.square(inputs.w) * ops.sign(inputs.w)


def cubic_decay(inputs):
    """w^3: decay of large weights."""
    return inputs.w * ops.square(inputs.w)


def weight(inputs):
    """w."""
    return inputs.w


def winner(inputs):
    """lower^T (p / (mean_batch p + epsilon)) / B: towards what a unit wins."""
    share = win_probability(inputs.z)  # (batch, out)
    share = share / (backend.mean(share, axis=0, keepdims=True) + WINNER_EPSILON)
    return _batch_outer(inputs.lower, share)


def _batch_outer(rows, columns):
    batch = ops.cast(ops.shape(rows)[0], rows.dtype)
    return backend.matmul(ops.transpose(rows), columns) / batch


def _sqrt_columns(w):
    return ops.sqrt(ops.cast(ops.shape(w)[1], w.dtype))


def _soft_magnitude(w):
    return ops.sqrt(1.0 + ops.square(w)) - 1.0
