"""Building blocks that both forms share: activations, linear maps, normalisations."""

import numpy as np


def relu(values):
    """max(values, 0)."""
    return np.maximum(values, 0.0)


def sigmoid(values):
    """1 / (1 + exp(-values))."""
    return 1.0 / (1.0 + np.exp(-values))


def softmax(values, axis=-1):
    """Softmax along one axis."""
    exponentials = np.exp(values - values.max(axis=axis, keepdims=True))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)


def root_mean_square_scaled(values, epsilon, axis=None):
    """values * rsqrt(mean(values^2) + epsilon); the mean is over `axis` (None: all)."""
    mean_square = np.mean(values**2, axis=axis, keepdims=axis is not None)
    return values / np.sqrt(mean_square + epsilon)


def standardised(values, epsilon, axis):
    """(values - mean) * rsqrt(var + epsilon), population statistics over `axis`."""
    mean = values.mean(axis=axis, keepdims=True)
    variance = values.var(axis=axis, keepdims=True)
    return (values - mean) / np.sqrt(variance + epsilon)


def centred_and_scaled(values, epsilon=1e-6):
    """c(X): every unit gets mean 0 and mean square about 1 over the batch."""
    return standardised(values, epsilon, axis=0)


def linear(values, kernel, offset=0.0):
    """Values times kernel, plus offset, along the last axis."""
    return values @ kernel + offset


def conv_1d(values, kernel, offset):
    """Cross-correlation along axis 1 with zero padding, stride 1.

    y[n, t] = sum_i values[n, t + i - (k - 1) / 2] kernel[i] + offset.

    Shapes: values `(n, t, in)`, kernel `(k, in, out)`, result `(n, t, out)`.
    """
    width = kernel.shape[0]
    half = (width - 1) // 2
    length = values.shape[1]
    padded = np.pad(values, ((0, 0), (half, half), (0, 0)))
    result = np.zeros(values.shape[:2] + kernel.shape[2:], values.dtype) + offset
    for tap in range(width):
        result = result + padded[:, tap : tap + length] @ kernel[tap]
    return result


def weight_statistics(weights, axis):
    """Mean of |w|, root mean square, mean and deviation per unit, `(n, 4)`."""
    return np.stack(
        [
            np.mean(np.abs(weights), axis=axis),
            np.sqrt(np.mean(weights**2, axis=axis) + 1e-6),
            np.mean(weights, axis=axis),
            np.sqrt(np.var(weights, axis=axis) + 1e-8),
        ],
        axis=-1,
    )


def unit_weight_statistics(below, above):
    """Eight statistics of a unit's fan-in and fan-out, with one common scale, `(n, 8)`.

    Args:
        below: kernel into the units, `(m, n)`, or None at the network's input.
        above: kernel out of the units, `(n, k)`, or None at its top. Where one is
            None the other's four statistics stand twice.
    """
    statistics = []
    if below is not None:
        statistics.append(weight_statistics(below, axis=0))
    if above is not None:
        statistics.append(weight_statistics(above, axis=1))
    if len(statistics) == 1:
        statistics = statistics * 2
    return root_mean_square_scaled(np.concatenate(statistics, axis=-1), 1e-6)
