"""Batch normalisation whose second derivatives are right on every backend.

TensorFlow's own moments, which Keras' layers use, have a wrong one (2.21).
"""

from keras import ops

from learned_update import backend

EPSILON = 1e-3  # added to variances; bounds the gradients


def batch_moments(x):
    """Mean and variance over all axes but the last.

    Args:
        x: `(batch, ..., units)`.

    Returns:
        Two of `(units,)`.
    """
    axes = tuple(range(len(x.shape) - 1))
    mean = backend.mean(x, axis=axes)
    return mean, backend.mean(ops.square(x - mean), axis=axes)


def normalised(x, moments, epsilon=EPSILON):
    """(x - mean) / sqrt(variance + epsilon).

    Args:
        x: `(..., units)`.
        moments: `(mean, variance)`, `(units,)` each.
        epsilon: added to the variance.
    """
    mean, variance = moments
    return (x - mean) * ops.rsqrt(variance + epsilon)
