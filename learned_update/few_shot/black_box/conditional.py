"""A conditional neural process (Garnelo et al., 2018): feed forward, then average."""

import keras
from keras import ops

from learned_update.few_shot.embeddings.dense import dense_chain
from learned_update.few_shot.embeddings.initial import initial_chain
from learned_update.few_shot.embeddings.pair import embed_pair
from learned_update.few_shot.learner import PACKAGE, Learner, one_hot
from learned_update.few_shot.metric.prototypes import class_means


def class_representations(weights, features, membership):
    """r_c = mean of h(x_i) over the support of class c (section 4.3), `(ways, units)`.

    Args:
        weights: of h.
        features: of the support, `(supports, inputs)`.
        membership: one-hot, `(supports, ways)`.
    """
    return class_means(dense_chain(weights, features), membership)


def decoded(weights, query, representations):
    """g(f(x), r_c, mean of all r), a score of every class, `(queries, ways)`.

    Args:
        weights: of g, to one output.
        query: f, `(queries, inputs)`.
        representations: r, `(ways, units)`.
    """
    queries, ways = query.shape[0], representations.shape[0]
    whole = ops.repeat(ops.mean(representations, axis=0, keepdims=True), ways, axis=0)
    seen = ops.concatenate([representations, whole], axis=-1)  # (ways, 2 units)
    pairs = ops.concatenate(
        [ops.repeat(query, ways, axis=0), ops.tile(seen, (queries, 1))], axis=-1
    )
    return ops.reshape(dense_chain(weights, pairs), (queries, ways))


@keras.saving.register_keras_serializable(PACKAGE)
class ConditionalProcess(Learner):
    """Logits g(f(x), r_c, mean of r), with r_c the average of h over a class's support.

    The authors average class by class, too, but give the decoder all classes' r in
    order, one output a class; here it scores one class after the other, so that it
    needs not learn the same thing for each place. Free in ways and shots.

    Args:
        units: of h's and g's hidden layers, and of r.
        **settings: of `Learner`.
    """

    method = "conditional"

    def __init__(self, units=256, **settings):
        self.units = units
        super().__init__(**settings)

    def initial(self, rng):
        features, units = self.embedding.features, self.units
        return {
            "embedding": self.embedding.initial(rng),
            "encoder": initial_chain(rng, (features, units, units)),
            "decoder": initial_chain(rng, (features + 2 * units, units, units, 1)),
        }

    def logits(self, theta, support_x, support_y, query_x, ways):
        support, query = embed_pair(
            self.embedding, theta["embedding"], support_x, query_x, self.statistics
        )
        membership = one_hot(support_y, ways, support)
        found = class_representations(theta["encoder"], support, membership)
        return decoded(theta["decoder"], query, found)

    def get_config(self):
        return {**super().get_config(), "units": self.units}
