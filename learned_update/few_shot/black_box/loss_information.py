"""Gradients as what Meta Networks learn from: one per example, and scaled."""

import numpy as np
from keras import ops

EXPONENT = 7.0  # p: gradients below e^-p count as small (Andrychowicz et al., 2016)


def head_gradients(features, head, labels):
    """Gradient of each example's cross-entropy by a linear head's kernel.

    x_i (softmax(x_i W) - y_i)^T.

    Args:
        features: x, `(examples, units)`.
        head: W, `(units, ways)`.
        labels: y, one-hot, `(examples, ways)`.

    Returns:
        `(examples, units, ways)`.
    """
    errors = ops.softmax(ops.matmul(features, head)) - labels
    return ops.expand_dims(features, 2) * ops.expand_dims(errors, 1)


def hidden_gradients(features, kernel, head, labels):
    """Gradient of each example's cross-entropy by the kernel of a relu layer below.

    x_i ((W (softmax(r_i W) - y_i)) 1[x_i Q > 0])^T, with r_i = relu(x_i Q).

    Args:
        features: x, `(examples, inputs)`.
        kernel: Q, `(inputs, units)`.
        head: W, `(units, ways)`.
        labels: y, one-hot, `(examples, ways)`.

    Returns:
        `(examples, inputs, units)`.
    """
    product = ops.matmul(features, kernel)
    errors = ops.softmax(ops.matmul(ops.relu(product), head)) - labels
    below = ops.matmul(errors, ops.transpose(head)) * ops.cast(
        product > 0, product.dtype
    )
    return ops.expand_dims(features, 2) * ops.expand_dims(below, 1)


def scaled_gradients(gradients):
    """(log|g| / p, sign g), or (-1, e^p g) where |g| < e^-p.

    Args:
        gradients: g, of any shape.

    Returns:
        The same with an axis of 2 more.
    """
    threshold = float(np.exp(-EXPONENT))
    size = ops.maximum(ops.abs(gradients), threshold)
    small = ops.abs(gradients) < threshold
    first = ops.log(size) / EXPONENT  # -1 where the gradient is small
    second = ops.where(small, gradients / threshold, ops.sign(gradients))
    return ops.stack([first, second], axis=-1)
