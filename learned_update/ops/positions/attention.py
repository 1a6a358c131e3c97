"""Attention over the tokens of an example (Vaswani et al., 2017), and its transpose.

Rows are tokens, example by example: `(..., examples * tokens, units)`.
"""

from keras import ops


def attention_weights(query, key, tokens):
    """softmax(q k^T / sqrt(d)) over the tokens of an example.

    Args:
        query: `(rows, d)`.
        key: `(rows, d)`.
        tokens: per example.

    Returns:
        `(examples, tokens, tokens)`; every row sums to 1.
    """
    scores = ops.matmul(
        _by_example(query, tokens), ops.swapaxes(_by_example(key, tokens), -1, -2)
    )
    scores = scores * _scale(query)
    scores = scores - ops.max(scores, axis=-1, keepdims=True)
    shares = ops.exp(scores)
    return shares / ops.sum(shares, axis=-1, keepdims=True)


def attended(weights, value):
    """A v: the values of an example's tokens, mixed by its attention weights.

    Args:
        weights: `(examples, tokens, tokens)`.
        value: `(..., rows, units)`.

    Returns:
        `(..., rows, units)`.
    """
    return _as_rows(ops.matmul(weights, _by_example(value, weights.shape[-1])), value)


def attended_back(weights, query, key, value, error):
    """The errors of query, key and value: the transposed derivative of A v.

    Args:
        weights: A, `(examples, tokens, tokens)`.
        query: `(rows, d)`.
        key: `(rows, d)`.
        value: `(rows, units)`.
        error: at A v, `(..., rows, units)`.

    Returns:
        Three tensors `(..., rows, units)`.
    """
    tokens = weights.shape[-1]
    e, q, k, v = (_by_example(x, tokens) for x in (error, query, key, value))
    of_weights = ops.matmul(e, ops.swapaxes(v, -1, -2))  # (..., tokens, tokens)
    mean = ops.sum(weights * of_weights, axis=-1, keepdims=True)
    of_scores = weights * (of_weights - mean) * _scale(query)
    return (
        _as_rows(ops.matmul(of_scores, k), error),
        _as_rows(ops.matmul(ops.swapaxes(of_scores, -1, -2), q), error),
        _as_rows(ops.matmul(ops.swapaxes(weights, -1, -2), e), error),
    )


def _scale(query):
    return query.shape[-1] ** -0.5


def _by_example(x, tokens):
    return ops.reshape(x, (*x.shape[:-2], -1, tokens, x.shape[-1]))


def _as_rows(x, like):
    return ops.reshape(x, (*like.shape[:-2], -1, x.shape[-1]))
