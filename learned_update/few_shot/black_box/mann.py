"""A memory-augmented network (Santoro et al., 2016)."""

import keras
import numpy as np
from keras import ops

from learned_update.few_shot.black_box.labelled import with_label
from learned_update.few_shot.black_box.memory import (
    empty_memory,
    read_weights,
    written,
)
from learned_update.few_shot.embeddings.initial import dense
from learned_update.few_shot.embeddings.lstm import (
    initial_lstm,
    initial_state,
    lstm_step,
)
from learned_update.few_shot.embeddings.pair import embed_pair
from learned_update.few_shot.learner import PACKAGE, Learner

INITIAL_STRENGTH = (
    10.0  # of cosines, learned; 1, as published, hardly tells slots apart
)


@keras.saving.register_keras_serializable(PACKAGE)
class Mann(Learner):
    """An LSTM controller that writes to, and reads from, a memory.

    Labels come with their examples, as episodes of N ways and K shots have them; the
    authors show each with the example after it. The order of the support counts; the
    ways are those of meta-training, the shots are free.

    Args:
        units: of the controller.
        slots: of the memory.
        width: of a slot.
        heads: that read and write.
        **settings: of `Learner`.
    """

    method = "mann"
    fixed_ways = True
    ordered = True

    def __init__(self, units=128, slots=64, width=40, heads=4, **settings):
        self.units, self.slots = units, slots
        self.width, self.heads = width, heads
        super().__init__(**settings)

    def initial(self, rng):
        inputs = self.embedding.features + self.ways
        return {
            "embedding": self.embedding.initial(rng),
            "lstm": initial_lstm(rng, inputs, self.units),
            "keys": dense(rng, self.units, self.heads * self.width),
            "gates": dense(rng, self.units, self.heads),
            "strength": np.float32(INITIAL_STRENGTH) * np.ones((), "float32"),
            "head": dense(rng, self.units + self.heads * self.width, self.ways),
        }

    def logits(self, theta, support_x, support_y, query_x, ways):
        support, query = embed_pair(
            self.embedding, theta["embedding"], support_x, query_x, self.statistics
        )
        known = with_label(support, support_y, ways)
        hidden, cell = initial_state(theta["lstm"], known[:1])
        memory = empty_memory(self.slots, self.width, self.heads, known.dtype)
        for index in range(known.shape[0]):
            hidden, cell = lstm_step(
                theta["lstm"], known[index : index + 1], hidden, cell
            )
            gates = ops.sigmoid(_linear(theta["gates"], hidden))  # (1, heads)
            memory = written(
                memory,
                self._keys(theta, hidden)[0],
                ops.transpose(gates),
                theta["strength"],
            )
        asked = with_label(query, None, ways)
        hidden, _ = lstm_step(theta["lstm"], asked, hidden, cell)  # (queries, units)
        keys = self._keys(theta, hidden)
        weights = read_weights(keys, memory.rows, theta["strength"])
        read = ops.reshape(ops.matmul(weights, memory.rows), (query.shape[0], -1))
        return _linear(theta["head"], ops.concatenate([hidden, read], axis=-1))

    def _keys(self, theta, hidden):
        """Keys of all heads, `(batch, heads, width)`."""
        keys = ops.tanh(_linear(theta["keys"], hidden))
        return ops.reshape(keys, (hidden.shape[0], self.heads, self.width))

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "slots": self.slots,
            "width": self.width,
            "heads": self.heads,
        }


def _linear(weights, x):
    kernel, bias = weights
    return ops.matmul(x, kernel) + bias
