"""A hypernetwork (Ha et al., 2017): the support makes the classifier's weights."""

import keras
from keras import ops

from learned_update.few_shot.embeddings.dense import dense_chain
from learned_update.few_shot.embeddings.initial import initial_chain
from learned_update.few_shot.embeddings.pair import embed_pair
from learned_update.few_shot.learner import PACKAGE, Learner, one_hot
from learned_update.few_shot.metric.prototypes import class_means


def generated_classifier(weights, prototypes):
    """Kernel and bias of a linear classifier, class by class.

    Args:
        weights: of the MLP from a mean feature to the weights of its class.
        prototypes: mean feature of each class, `(ways, units)`.

    Returns:
        Kernel `(units, ways)` and bias `(ways,)`.
    """
    made = dense_chain(weights, prototypes)  # (ways, units + 1)
    return ops.transpose(made[:, :-1]), made[:, -1]


@keras.saving.register_keras_serializable(PACKAGE)
class HyperNetwork(Learner):
    """Logits f(x) . w_c + b_c, with (w_c, b_c) an MLP of the class's mean feature.

    Free in ways and shots.

    Args:
        units: of the MLP's hidden layer.
        **settings: of `Learner`.
    """

    method = "hyper-network"

    def __init__(self, units=128, **settings):
        self.units = units
        super().__init__(**settings)

    def initial(self, rng):
        features = self.embedding.features
        return {
            "embedding": self.embedding.initial(rng),
            "generator": initial_chain(rng, (features, self.units, features + 1)),
        }

    def logits(self, theta, support_x, support_y, query_x, ways):
        support, query = embed_pair(
            self.embedding, theta["embedding"], support_x, query_x, self.statistics
        )
        prototypes = class_means(support, one_hot(support_y, ways, support))
        kernel, bias = generated_classifier(theta["generator"], prototypes)
        return ops.matmul(query, kernel) + bias

    def get_config(self):
        return {**super().get_config(), "units": self.units}
