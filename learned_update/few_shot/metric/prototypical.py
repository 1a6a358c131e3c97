"""Prototypical networks (Snell et al., 2017)."""

import keras

from learned_update.errors import invalid
from learned_update.few_shot.embeddings.pair import embed_pair
from learned_update.few_shot.learner import PACKAGE, Learner, one_hot
from learned_update.few_shot.metric.prototypes import (
    class_means,
    cosines,
    squared_distances,
)

EUCLIDEAN, COSINE = "euclidean", "cosine"
COSINE_SCALE = 10.0  # of cosines as logits, which else could not be far apart


def similarities(features, prototypes, distance):
    """Logits of each class: -|f - c|^2, or 10 cos(f, c).

    Args:
        features: `(queries, units)`.
        prototypes: `(ways, units)`.
        distance: `"euclidean"` or `"cosine"`.

    Returns:
        `(queries, ways)`.
    """
    if distance == COSINE:
        return COSINE_SCALE * cosines(features, prototypes)
    return -squared_distances(features, prototypes)


@keras.saving.register_keras_serializable(PACKAGE)
class Prototypical(Learner):
    """p(class | x) = softmax(-d(f(x), mean of the class's support)).

    Free in ways and shots.

    Args:
        distance: d, `"euclidean"` or `"cosine"`.
        **settings: of `Learner`.
    """

    method = "prototypical"

    def __init__(self, distance=EUCLIDEAN, **settings):
        if distance not in (EUCLIDEAN, COSINE):
            raise invalid(
                f"There is no distance {distance!r}.",
                expected=f"{EUCLIDEAN!r} or {COSINE!r}",
                received=repr(distance),
                remedy="Name one of these.",
            )
        self.distance = distance
        super().__init__(**settings)

    def initial(self, rng):
        return self.embedding.initial(rng)

    def logits(self, theta, support_x, support_y, query_x, ways):
        support, query = embed_pair(
            self.embedding, theta, support_x, query_x, self.statistics
        )
        prototypes = class_means(support, one_hot(support_y, ways, support))
        return similarities(query, prototypes, self.distance)

    def get_config(self):
        return {**super().get_config(), "distance": self.distance}
