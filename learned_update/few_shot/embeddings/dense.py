"""Dense layers as pure functions."""

from keras import ops


def dense_chain(weights, x, activation=ops.relu):
    """x W + b layer after layer, an activation between two.

    Args:
        weights: `(kernel, bias)` per layer.
        x: `(..., inputs)`.
        activation: of all layers but the last.
    """
    *lower, (kernel, bias) = weights
    for inner_kernel, inner_bias in lower:
        x = activation(ops.matmul(x, inner_kernel) + inner_bias)
    return ops.matmul(x, kernel) + bias
