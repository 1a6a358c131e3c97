"""A long short-term memory (Hochreiter and Schmidhuber, 1997) as pure functions."""

from typing import NamedTuple

import numpy as np
from keras import ops

from learned_update.few_shot.embeddings.initial import glorot
from learned_update.types import Tensor

FORGET_BIAS = 1.0  # so that a new cell remembers (Jozefowicz et al., 2015)


class LstmWeights(NamedTuple):
    """Weights of a cell; gates side by side: input, forget, candidate, output.

    Attributes:
        kernel: `(inputs, 4 units)`.
        recurrent: `(states, 4 units)`, of as many states as units, or more.
        bias: `(4 units,)`.
    """

    kernel: Tensor
    recurrent: Tensor
    bias: Tensor


def initial_lstm(rng, inputs, units, states=None):
    """`LstmWeights` drawn with a NumPy generator, float32."""
    bias = np.zeros(4 * units, "float32")
    bias[units : 2 * units] = FORGET_BIAS
    return LstmWeights(
        glorot(rng, inputs, 4 * units),
        glorot(rng, states or units, 4 * units),
        bias,
    )


def initial_state(weights, like):
    """Hidden state and cell of zeros, `(batch, units)` each, for a batch like this."""
    units = weights.bias.shape[0] // 4
    zeros = ops.zeros((like.shape[0], units), dtype=like.dtype)
    return zeros, zeros


def lstm_step(weights, x, hidden, cell):
    """c' = s(f) c + s(i) tanh(g), h' = s(o) tanh(c'); s the logistic function.

    Args:
        weights: `LstmWeights`.
        x: `(batch, inputs)`.
        hidden: what the recurrent kernel sees, `(batch, states)`.
        cell: `(batch, units)`.

    Returns:
        `(h', c')`, `(batch, units)` each.
    """
    gates = (
        ops.matmul(x, weights.kernel)
        + ops.matmul(hidden, weights.recurrent)
        + weights.bias
    )
    enter, keep, candidate, out = ops.split(gates, 4, axis=-1)
    cell = ops.sigmoid(keep) * cell + ops.sigmoid(enter) * ops.tanh(candidate)
    return ops.sigmoid(out) * ops.tanh(cell), cell


def run_lstm(weights, sequence):
    """Hidden states after every element, `(batch, steps, units)`.

    Args:
        weights: `LstmWeights`.
        sequence: `(batch, steps, inputs)`.
    """
    hidden, cell = initial_state(weights, sequence)
    outputs = []
    for index in range(sequence.shape[1]):
        hidden, cell = lstm_step(weights, sequence[:, index], hidden, cell)
        outputs.append(hidden)
    return ops.stack(outputs, axis=1)
