"""Matching networks (Vinyals et al., 2016), simple and with full context."""

import keras
from keras import ops

from learned_update.few_shot.embeddings.lstm import initial_lstm
from learned_update.few_shot.embeddings.pair import embed_pair
from learned_update.few_shot.learner import PACKAGE, Learner, one_hot
from learned_update.few_shot.metric.attention import (
    attention_weights,
    bidirectional,
    read_support,
)

SCALE = 10.0  # of the cosines: 1, as published, bounds the odds of a class by e^2
FLOOR = 1e-6  # of probabilities whose logarithm is taken


@keras.saving.register_keras_serializable(PACKAGE)
class Matching(Learner):
    """p(class | x) = sum of a(x, x_i) over the class's support.

    Free in ways and shots.

    Args:
        scale: of the cosines in the attention; 1 as published.
        **settings: of `Learner`.
    """

    method = "matching"

    def __init__(self, scale=SCALE, **settings):
        self.scale = scale
        super().__init__(**settings)

    def initial(self, rng):
        return {"embedding": self.embedding.initial(rng)}

    def logits(self, theta, support_x, support_y, query_x, ways):
        support, query = embed_pair(
            self.embedding, theta["embedding"], support_x, query_x, self.statistics
        )
        support, query = self.in_context(theta, support, query)
        attended = attention_weights(query, support, self.scale)
        probabilities = ops.matmul(attended, one_hot(support_y, ways, support))
        return ops.log(probabilities + FLOOR)

    def in_context(self, theta, support, query):
        """Features of support and query as they are attended with."""
        del theta
        return support, query

    def get_config(self):
        return {**super().get_config(), "scale": self.scale}


@keras.saving.register_keras_serializable(PACKAGE)
class FullContextMatching(Matching):
    """Matching whose features depend on the whole support.

    The bidirectional LSTM reads the support in its order, so that this order counts.

    Args:
        reads: K, of the attention LSTM.
        **settings: of `Matching`.
    """

    method = "matching-full-context"
    ordered = True

    def __init__(self, reads=5, **settings):
        self.reads = reads
        super().__init__(**settings)

    def initial(self, rng):
        units = self.embedding.features
        return {
            **super().initial(rng),
            "forward": initial_lstm(rng, units, units),
            "backward": initial_lstm(rng, units, units),
            "reader": initial_lstm(rng, units, units, states=2 * units),
        }

    def in_context(self, theta, support, query):
        support = bidirectional(theta["forward"], theta["backward"], support)
        return support, read_support(theta["reader"], query, support, self.reads)

    def get_config(self):
        return {**super().get_config(), "reads": self.reads}
