"""Normalisations. All statistics are of the current tensor, and population ones."""

from keras import ops

from learned_update import backend


def scale_by_rms(x, epsilon, axis=None):
    """x rsqrt(mean_axis(x^2) + epsilon); the mean is over everything if axis is None.

    Args:
        x: any shape.
        epsilon: added to the mean square.
        axis: axes of the mean.

    Returns:
        A tensor of the shape of `x`.
    """
    mean_square = backend.mean(ops.square(x), axis=axis, keepdims=True)
    return x * ops.rsqrt(mean_square + epsilon)


def centre(x):
    """x minus its mean over the batch, `(batch, ...)`."""
    return x - backend.mean(x, axis=0, keepdims=True)


def standardise(x, epsilon):
    """c(x): centred and scaled to unit variance over the batch (spec section 5).

    Args:
        x: `(batch, units)`.
        epsilon: added to the variance.

    Returns:
        `(batch, units)`.
    """
    return scale_by_rms(centre(x), epsilon, axis=0)


def bounded_by_rms(x, epsilon):
    """x / sqrt(epsilon + mean(x^2)) per column, hence at most of unit size.

    Args:
        x: `(rows, columns)`.
        epsilon: 1 in the released merge, below which a column is left small.

    Returns:
        `(rows, columns)`.
    """
    return scale_by_rms(x, epsilon, axis=0)
