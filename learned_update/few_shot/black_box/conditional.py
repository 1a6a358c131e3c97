"""A conditional neural process (Garnelo et al., 2018): feed forward, then average."""

import keras
from keras import ops

from learned_update import backend
from learned_update.few_shot.black_box.lstm_reader import with_label
from learned_update.few_shot.embeddings.dense import dense_chain
from learned_update.few_shot.embeddings.initial import initial_chain
from learned_update.few_shot.embeddings.pair import embed_pair
from learned_update.few_shot.learner import PACKAGE, Learner


def mean_representation(weights, observed):
    """r = mean_i h(x_i, y_i) (section 2.1), `(units,)`.

    Args:
        weights: of h.
        observed: features and labels of the support, `(supports, inputs)`.
    """
    return backend.mean(dense_chain(weights, observed), axis=0)


@keras.saving.register_keras_serializable(PACKAGE)
class ConditionalProcess(Learner):
    """Logits g(f(x), mean of h over the support).

    Free in shots; the ways are those of meta-training.

    Args:
        units: of h's and g's hidden layers, and of r.
        **settings: of `Learner`.
    """

    method = "conditional"
    fixed_ways = True

    def __init__(self, units=256, **settings):
        self.units = units
        super().__init__(**settings)

    def initial(self, rng):
        features, units = self.embedding.features, self.units
        return {
            "embedding": self.embedding.initial(rng),
            "encoder": initial_chain(rng, (features + self.ways, units, units)),
            "decoder": initial_chain(rng, (features + units, units, units, self.ways)),
        }

    def logits(self, theta, support_x, support_y, query_x, ways):
        support, query = embed_pair(
            self.embedding, theta["embedding"], support_x, query_x, self.statistics
        )
        observed = with_label(support, support_y, ways)
        found = mean_representation(theta["encoder"], observed)
        beside = ops.tile(found[None], (query.shape[0], 1))
        return dense_chain(theta["decoder"], ops.concatenate([query, beside], axis=-1))

    def get_config(self):
        return {**super().get_config(), "units": self.units}
