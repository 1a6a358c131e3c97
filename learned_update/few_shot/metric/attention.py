"""Attention of the query over the support, and what reads it step by step."""

from keras import ops

from learned_update.few_shot.embeddings.lstm import initial_state, lstm_step, run_lstm
from learned_update.few_shot.metric.prototypes import cosines


def attention_weights(query, support, scale=1.0):
    """a(x, x_i) = softmax_i(scale cos(f(x), g(x_i))) (Vinyals et al., 2016, eq. 2).

    Args:
        query: f, `(queries, units)`.
        support: g, `(supports, units)`.
        scale: 1 as published.

    Returns:
        `(queries, supports)`; rows sum to 1.
    """
    return ops.softmax(scale * cosines(query, support), axis=-1)


def bidirectional(forward, backward, support):
    """g(x_i, S): the support read in both directions (Vinyals et al., 2016, A.2).

    h_i forward + h_i backward + g'(x_i).

    Args:
        forward: weights of an LSTM of as many units as features.
        backward: the same.
        support: g', in order, `(supports, units)`.

    Returns:
        `(supports, units)`.
    """
    sequence = support[None]  # (1, supports, units)
    ahead = run_lstm(forward, sequence)[0]
    behind = ops.flip(run_lstm(backward, ops.flip(sequence, axis=1))[0], axis=0)
    return ahead + behind + support


def read_support(weights, query, support, reads):
    """f(x, S): K reads of the support (Vinyals et al., 2016, A.1, eq. 3 to 6).

    h_k = LSTM(f'(x), [h_{k-1}, r_{k-1}]) + f'(x),
    r_k = sum_i softmax_i(h_k . g(x_i)) g(x_i), with r_0 = h_0 = 0.

    Args:
        weights: of an LSTM from features to as many units, its recurrent kernel
            `(2 units, 4 units)` for h and r.
        query: f', `(queries, units)`.
        support: g, `(supports, units)`.
        reads: K.

    Returns:
        h_K, `(queries, units)`.
    """
    hidden, cell = initial_state(weights, query)
    read = ops.zeros_like(query)
    for _ in range(reads):
        recurrent = ops.concatenate([hidden, read], axis=-1)
        hidden, cell = lstm_step(weights, query, recurrent, cell)
        hidden = hidden + query
        attended = ops.softmax(ops.matmul(hidden, ops.transpose(support)), axis=-1)
        read = ops.matmul(attended, support)
    return hidden
