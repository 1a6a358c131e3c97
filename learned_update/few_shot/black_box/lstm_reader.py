"""A recurrent network that reads the support (Hochreiter et al., 2001)."""

import keras
from keras import ops

from learned_update.few_shot.black_box.labelled import with_label
from learned_update.few_shot.embeddings.dense import dense_chain
from learned_update.few_shot.embeddings.initial import dense
from learned_update.few_shot.embeddings.lstm import (
    initial_lstm,
    initial_state,
    lstm_step,
)
from learned_update.few_shot.embeddings.pair import embed_pair
from learned_update.few_shot.learner import PACKAGE, Learner


def read_beside(weights, known, query):
    """Hidden states after the support was read once for every query.

    At every example an LSTM sees its features and label, and how far its features are
    from the query's, `|x_i - x_q|`.

    Args:
        weights: `LstmWeights` of `2 units + ways` inputs.
        known: features and labels of the support in the order in which they are read,
            `(supports, units + ways)`.
        query: features, `(queries, units)`.

    Returns:
        `(queries, LSTM's units)`.
    """
    queries, units = query.shape
    hidden, cell = initial_state(weights, query)
    for index in range(known.shape[0]):
        example = known[index : index + 1]
        distance = ops.abs(example[:, :units] - query)
        seen = ops.concatenate([ops.repeat(example, queries, axis=0), distance], axis=1)
        hidden, cell = lstm_step(weights, seen, hidden, cell)
    return hidden


@keras.saving.register_keras_serializable(PACKAGE)
class LstmReader(Learner):
    """An LSTM reads feature and label of each support, with one query beside them.

    The support is read class by class, once for every query. An LSTM that reads the
    support first and the query last has to learn to store all of it: it stays at
    chance for thousands of outer steps. The order within a class counts; the ways are
    those of meta-training, the shots are free.

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
        inputs = 2 * self.embedding.features + self.ways
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
        support, support_y = (ops.take(a, order, 0) for a in (support, support_y))
        known = with_label(support, support_y, ways)
        return dense_chain((theta["head"],), read_beside(theta["lstm"], known, query))

    def get_config(self):
        return {**super().get_config(), "units": self.units}
