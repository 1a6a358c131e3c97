"""The nearest neighbour by pixels."""

import keras
from keras import ops

from learned_update.few_shot.learner import PACKAGE, Learner, one_hot
from learned_update.few_shot.metric.prototypes import squared_distances

FAR = 1e9  # distance to an example of another class


def nearest_of_each_class(distances, membership):
    """Distance to the nearest example of each class, `(queries, ways)`.

    Args:
        distances: `(queries, supports)`.
        membership: one-hot, `(supports, ways)`.
    """
    others = FAR * (1 - membership)  # (supports, ways)
    return ops.min(ops.expand_dims(distances, 2) + others, axis=1)


@keras.saving.register_keras_serializable(PACKAGE)
class NearestNeighbour(Learner):
    """The class of the support nearest in pixels: softmax(-squared distance).

    It learns nothing from meta-training. Free in ways and shots.
    """

    method = "nearest-neighbour"

    def initial(self, rng):
        del rng
        return ()

    def logits(self, theta, support_x, support_y, query_x, ways):
        del theta
        support = ops.reshape(support_x, (support_x.shape[0], -1))
        query = ops.reshape(query_x, (query_x.shape[0], -1))
        return -nearest_of_each_class(
            squared_distances(query, support), one_hot(support_y, ways, support)
        )
