"""What SNAIL is made of: temporal convolutions and causal attention."""

import numpy as np
from keras import ops

from learned_update.few_shot.embeddings.initial import dense

MASKED = -1e9  # logit of what comes later


def causal_convolution(weights, x, dilation):
    """y_t = x_t W_1 + x_{t - dilation} W_0 + b, with zeros before the beginning.

    Args:
        weights: `(kernel, bias)`, kernel `(2 inputs, outputs)`: W_0 over W_1.
        x: `(batch, steps, inputs)`.
        dilation: steps between the two.

    Returns:
        `(batch, steps, outputs)`.
    """
    kernel, bias = weights
    steps = x.shape[1]
    before = ops.pad(x, ((0, 0), (dilation, 0), (0, 0)))[:, :steps]
    return ops.matmul(ops.concatenate([before, x], axis=-1), kernel) + bias


def dense_block(weights, x, dilation):
    """x beside tanh(conv_f x) logistic(conv_g x) (Mishra et al., 2018, figure 2a)."""
    filtered = causal_convolution(weights["filter"], x, dilation)
    gate = causal_convolution(weights["gate"], x, dilation)
    return ops.concatenate([x, ops.tanh(filtered) * ops.sigmoid(gate)], axis=-1)


def initial_temporal(rng, inputs, filters, length):
    """Weights of dense blocks with dilations 1, 2, 4, .. below `length`.

    Returns:
        `(weights of each block, width of the outputs)`.
    """
    blocks = []
    for _ in range(int(np.ceil(np.log2(length)))):
        blocks.append(
            {
                "filter": dense(rng, 2 * inputs, filters),
                "gate": dense(rng, 2 * inputs, filters),
            }
        )
        inputs += filters
    return tuple(blocks), inputs


def temporal_convolutions(blocks, x):
    """`dense_block`s of doubling dilation, one after the other."""
    for level, weights in enumerate(blocks):
        x = dense_block(weights, x, 2**level)
    return x


def initial_attention(rng, inputs, keys, values):
    """Weights of `causal_attention`, and the width of its outputs."""
    weights = {
        "query": dense(rng, inputs, keys),
        "key": dense(rng, inputs, keys),
        "value": dense(rng, inputs, values),
    }
    return weights, inputs + values


def causal_attention(weights, x):
    """x beside softmax(Q K^T / sqrt(keys)) V, no step seeing a later one.

    Args:
        weights: of `initial_attention`.
        x: `(batch, steps, inputs)`.

    Returns:
        `(batch, steps, inputs + values)`.
    """
    query, key, value = (
        ops.matmul(x, weights[name][0]) + weights[name][1]
        for name in ("query", "key", "value")
    )
    scores = ops.matmul(query, ops.transpose(key, (0, 2, 1)))
    scores = scores / float(np.sqrt(query.shape[-1]))
    later = np.triu(np.ones((x.shape[1], x.shape[1]), "float32"), 1)
    weights = ops.softmax(scores + ops.cast(MASKED * later, x.dtype), axis=-1)
    return ops.concatenate([x, ops.matmul(weights, value)], axis=-1)
