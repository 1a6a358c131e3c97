"""The terms of a weight change, one function each (released_rule, section 5).

Every term sees a `TermInputs` and returns a matrix of the shape of the kernel. The
sign is that of a change, which an inner step subtracts.
"""

from typing import Any, NamedTuple

from keras import ops

from learned_update import backend
from learned_update.ops.competition import win_probability
from learned_update.ops.normalisation import scale_by_rms
from learned_update.ops.readouts import (
    dense,
    is_wide,
    symmetric_times,
    times,
    times_symmetric,
)

SOFT, HARD = 0.5, 8.0  # temperatures of competitions beside that of the winner term
FEEDBACK_EPSILON = 1e-6  # of the mean squares of columns of feedback kernels
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
        feedback: V, `(in, out)`, as it is; None where no term sees it.
    """

    w: Any
    lower: Any
    upper: Any
    z: Any
    readout: Any = None
    feedback: Any = None


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
    """w E / sqrt(n), E = C - diag C, C = U^T U / B: the first order of whitening."""
    return _times_correlation(inputs.w, inputs.upper)


def second_decorrelation(inputs):
    """w E E / n: the second order of whitening, C^(-1/2) = 1 - E / 2 + 3 E E / 8 .."""
    return _times_correlation(_times_correlation(inputs.w, inputs.upper), inputs.upper)


def lower_decorrelation(inputs):
    """E w / sqrt(m), E of the m units below: away from where inputs vary together."""
    return ops.transpose(_times_correlation(ops.transpose(inputs.w), inputs.lower))


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
    return _towards(inputs.lower, win_probability(inputs.z))


def soft_winner(inputs):
    """The same with p = softmax(z / 2): many share an example."""
    return _towards(inputs.lower, win_probability(inputs.z, SOFT))


def hard_winner(inputs):
    """The same with p = softmax(8 z): next to one unit alone has an example."""
    return _towards(inputs.lower, win_probability(inputs.z, HARD))


def contested(inputs):
    """The same with p (1 - p): towards what a unit almost wins, or almost loses."""
    p = win_probability(inputs.z)
    return _towards(inputs.lower, p * (1.0 - p))


def reconstruction(inputs):
    """(L - U v^T / sqrt(n))^T U / B: the error of the layer below as V predicts it.

    v is the feedback kernel with columns of unit root mean square. Where that is the
    kernel, this is Oja's subspace rule.
    """
    v = scale_by_rms(inputs.feedback, FEEDBACK_EPSILON, axis=0)
    predicted = backend.matmul(inputs.upper, ops.transpose(v)) / _sqrt_columns(v)
    return _batch_outer(inputs.lower - predicted, inputs.upper)


def _towards(lower, share):
    """lower^T (share / (mean_batch share + epsilon)) / B."""
    share = share / (backend.mean(share, axis=0, keepdims=True) + WINNER_EPSILON)
    return _batch_outer(lower, share)


def _times_correlation(x, activity):
    """x E / sqrt(units), E = C - diag C, C the correlations of standardised activity.

    Args:
        x: `(any, units)`.
        activity: `(batch, units)`.
    """
    if is_wide(activity.shape[1]):
        variances = backend.mean(ops.square(activity), axis=0)  # (units,)
        product = _batch_outer(backend.matmul(activity, ops.transpose(x)), activity)
        change = product - x * variances
    else:
        correlation = _batch_outer(activity, activity)  # (units, units)
        units = ops.shape(correlation)[0]
        off_diagonal = 1.0 - ops.eye(units, dtype=correlation.dtype)
        change = backend.matmul(x, correlation * off_diagonal)
    return change / _sqrt_columns(x)


def _batch_outer(rows, columns):
    batch = ops.cast(ops.shape(rows)[0], rows.dtype)
    return backend.matmul(ops.transpose(rows), columns) / batch


def _sqrt_columns(w):
    return ops.sqrt(ops.cast(ops.shape(w)[1], w.dtype))


def _soft_magnitude(w):
    return ops.sqrt(1.0 + ops.square(w)) - 1.0
