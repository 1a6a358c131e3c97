"""A recurrent network that reads the support (Hochreiter et al., 2001)."""

import keras
from keras import ops

from learned_update.few_shot.embeddings.initial import dense
from learned_update.few_shot.embeddings.lstm import (
    initial_lstm,
    initial_state,
    lstm_step,
)
from learned_update.few_shot.embeddings.pair import embed_pair
from learned_update.few_shot.learner import PACKAGE, Learner, one_hot


def with_label(features, labels=None, ways=0):
    """Features beside one-hot labels, or beside zeros where they are asked for.

    Args:
        features: `(examples, units)`.
        labels: `(examples,)` integers; None for unknown.
        ways: classes.

    Returns:
        `(examples, units + ways)`.
    """
    if labels is None:
        beside = ops.zeros((features.shape[0], ways), dtype=features.dtype)
    else:
        beside = one_hot(labels, ways, features)
    return ops.concatenate([features, beside], axis=-1)


@keras.saving.register_keras_serializable(PACKAGE)
class LstmReader(Learner):
    """An LSTM reads feature and label of each support, then one query.

    The support is read class by class; in a random order an LSTM stays at chance for
    thousands of steps. Every query is read by itself, after the same support. The order
    within a class counts; the ways are those of meta-training, the shots are free.

    Args:
        units: of the LSTM.
        **settings: of `Learner`.
    """

    method = "lstm"
    fixed_ways = True
    ordered = True
    learning_rate = 3e-3

    def __init__(self, units=128, **settings):
        self.units = units
        super().__init__(**settings)

    def initial(self, rng):
        inputs = self.embedding.features + self.ways
        return {
            "embedding": self.embedding.initial(rng),
            "lstm": initial_lstm(rng, inputs, self.units),
            "head": dense(rng, self.units, self.ways),
        }

    def logits(self, theta, support_x, support_y, query_x, ways):
        support, query = embed_pair(
            self.embedding, theta["embedding"], support_x, query_x, self.statistics
        )
        order = ops.argsort(support_y)
        read = with_label(*(ops.take(a, order, 0) for a in (support, support_y)), ways)
        hidden, cell = initial_state(theta["lstm"], read[:1])
        for index in range(read.shape[0]):
            hidden, cell = lstm_step(
                theta["lstm"], read[index : index + 1], hidden, cell
            )
        asked = with_label(query, None, ways)
        hidden, _ = lstm_step(theta["lstm"], asked, hidden, cell)  # (queries, units)
        kernel, bias = theta["head"]
        return ops.matmul(hidden, kernel) + bias

    def get_config(self):
        return {**super().get_config(), "units": self.units}
