"""What SNAIL is made of: temporal convolutions and causal attention.

A sequence comes in two parts: a past, and alternatives for the step after it, each as
if it alone followed. No step sees a later one, so the past is computed once for all.
"""

import numpy as np
from keras import ops

from learned_update.few_shot.embeddings.initial import dense

MASKED = -1e9  # logit of what comes later


def causal_convolution(weights, past, asked, dilation):
    """y_t = x_t W_1 + x_{t - dilation} W_0 + b, with zeros before the beginning.

    Args:
        weights: `(kernel, bias)`, kernel `(2 inputs, outputs)`: W_0 over W_1.
        past: `(steps, inputs)`.
        asked: alternatives for the next step, `(alternatives, inputs)`.
        dilation: steps between the two.

    Returns:
        `(steps, outputs)` and `(alternatives, outputs)`.
    """
    kernel, bias = weights
    steps = past.shape[0]
    padded = ops.pad(past, ((dilation, 0), (0, 0)))  # (dilation + steps, inputs)
    before = ops.tile(padded[steps][None], (asked.shape[0], 1))

    def mixed(before, x):
        return ops.matmul(ops.concatenate([before, x], axis=-1), kernel) + bias

    return mixed(padded[:steps], past), mixed(before, asked)


def dense_block(weights, past, asked, dilation):
    """x beside tanh(conv_f x) logistic(conv_g x) (Mishra et al., 2018, figure 2a)."""
    filtered = causal_convolution(weights["filter"], past, asked, dilation)
    gates = causal_convolution(weights["gate"], past, asked, dilation)
    return tuple(
        ops.concatenate([x, ops.tanh(f) * ops.sigmoid(g)], axis=-1)
        for x, f, g in zip((past, asked), filtered, gates, strict=True)
    )


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


def temporal_convolutions(blocks, past, asked):
    """`dense_block`s of doubling dilation, one after the other."""
    for level, weights in enumerate(blocks):
        past, asked = dense_block(weights, past, asked, 2**level)
    return past, asked


def initial_attention(rng, inputs, keys, values):
    """Weights of `causal_attention`, and the width of its outputs.

    Keys begin as queries, so that attention begins as a similarity.
    """
    similar = dense(rng, inputs, keys)
    weights = {
        "query": similar,
        "key": similar,
        "value": dense(rng, inputs, values),
    }
    return weights, inputs + values


def causal_attention(weights, past, asked):
    """x beside softmax(Q K^T / sqrt(keys)) V, no step seeing a later one.

    Args:
        weights: of `initial_attention`.
        past: `(steps, inputs)`.
        asked: alternatives for the next step, `(alternatives, inputs)`.

    Returns:
        `(steps, inputs + values)` and `(alternatives, inputs + values)`.
    """

    def projected(name, x):
        kernel, bias = weights[name]
        return ops.matmul(x, kernel) + bias

    keys, values = projected("key", past), projected("value", past)
    scale = float(np.sqrt(keys.shape[-1]))
    later = np.triu(np.ones((past.shape[0],) * 2, "float32"), 1)

    scores = ops.matmul(projected("query", past), ops.transpose(keys)) / scale
    known = ops.softmax(scores + ops.cast(MASKED * later, past.dtype), axis=-1)

    query = projected("query", asked)
    others = ops.matmul(query, ops.transpose(keys)) / scale
    own = ops.sum(query * projected("key", asked), axis=-1, keepdims=True) / scale
    weighed = ops.softmax(ops.concatenate([others, own], axis=-1), axis=-1)
    read = ops.matmul(weighed[:, :-1], values)
    read = read + weighed[:, -1:] * projected("value", asked)
    return (
        ops.concatenate([past, ops.matmul(known, values)], axis=-1),
        ops.concatenate([asked, read], axis=-1),
    )
