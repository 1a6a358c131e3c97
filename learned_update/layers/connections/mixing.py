"""A layer that reads values of all tokens, mixed by attention."""

from keras import ops

from learned_update.ops.positions.attention import (
    attended,
    attended_back,
    attention_weights,
)
from learned_update.ops.positions.sampling import sampling_step


class Mixing:
    """softmax(q k^T / sqrt(d)) v, with the attention weights held fixed by `spread`.

    States of the value units are mixed as the values are. Query and key units receive
    the error of the attention weights.

    Args:
        levels: of query, key and value.
        query: pre-activations, `(rows, d)`.
        key: pre-activations, `(rows, d)`.
        value: activations, `(rows, d)`.
        tokens: rows of an example.
        weights: the attention weights, `(examples, tokens, tokens)`; None computes
            them.
        limit: rows that a weight change is made of at most; None for all.
    """

    def __init__(self, levels, query, key, value, tokens, weights=None, limit=None):
        self.levels = levels
        self.query, self.key, self.value = query, key, value
        self.tokens = tokens
        if weights is None:
            weights = attention_weights(query, key, tokens)
        self.weights = weights
        self.limit = limit

    def spread(self, query, key, value, every=1):
        del query, key
        mixed = attended(self.weights, value)
        return mixed if every == 1 else mixed[..., ::every, :]

    def collect(self, error):
        return attended_back(self.weights, self.query, self.key, self.value, error)

    def outgoing(self, kernel):
        none = ops.zeros_like(kernel)  # of query and key no weight goes to the layer
        return none, none, kernel

    def every(self, rows):
        return sampling_step(rows, self.limit, self.tokens)
