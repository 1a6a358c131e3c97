"""How a layer's inputs are scaled, so that constants mean the same on all data."""

from keras import ops

from learned_update import backend
from learned_update.ops.ridge import unit_rows

EPSILON = 1e-6  # added to mean squares


def centred(x):
    """x minus its mean over the batch."""
    return x - backend.mean(x, axis=0)


def unit_variance(x):
    """Centred inputs of variance 1 in the mean over inputs, `(batch, inputs)`."""
    x = centred(x)
    return x * ops.rsqrt(backend.mean(ops.square(x)) + EPSILON)


def unit_total_variance(x):
    """Centred inputs whose variances sum to 1: eigenvalues lie between 0 and 1."""
    inputs = ops.cast(ops.shape(x)[1], x.dtype)
    return unit_variance(x) * ops.rsqrt(inputs)


def unit_examples(x):
    """Centred inputs, every example of length 1."""
    return unit_rows(centred(x), EPSILON)


def outer(pre, post):
    """Mean over the batch of pre_i post_j, `(inputs, units)`."""
    batch = ops.cast(ops.shape(pre)[0], pre.dtype)
    return ops.matmul(ops.transpose(pre), post) / batch


def bounded(change, y):
    """change / (1 + total variance of y).

    As in normalised least mean squares: without it a rule that is quadratic in the
    weights diverges on layers much wider than their inputs.
    """
    return change / (1.0 + ops.sum(backend.mean(ops.square(y), axis=0)))
