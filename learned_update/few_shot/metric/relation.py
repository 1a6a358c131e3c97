"""Relation networks (Sung et al., 2018): the metric is a network, too."""

import keras
from keras import ops

from learned_update.few_shot.embeddings.dense import dense_chain
from learned_update.few_shot.embeddings.initial import glorot, initial_chain
from learned_update.few_shot.embeddings.pair import embed_pair
from learned_update.few_shot.learner import PACKAGE, Learner, one_hot

HIDDEN = 8  # units between the relation module's blocks and its score
EPSILON = 1e-5  # added to the variance of a pair's maps
POOL = 2  # pixels


def class_sums(maps, membership):
    """Sum of the maps of each class's support, `(ways, height, width, channels)`.

    Args:
        maps: `(supports, height, width, channels)`.
        membership: one-hot, `(supports, ways)`.
    """
    return ops.tensordot(ops.transpose(membership), maps, axes=1)


def pairs(query, prototypes):
    """Maps of every query beside those of every class, along the channels.

    Args:
        query: `(queries, height, width, channels)`.
        prototypes: `(ways, height, width, channels)`.

    Returns:
        `(queries * ways, height, width, 2 channels)`, class by class for each query.
    """
    queries, ways = query.shape[0], prototypes.shape[0]
    return ops.concatenate(
        [ops.tile(prototypes, (queries, 1, 1, 1)), ops.repeat(query, ways, axis=0)],
        axis=-1,
    )


def relation_scores(theta, paired):
    """How related the halves of each pair are, before the logistic function.

    Blocks of a 3x3 convolution, normalisation of each pair's maps by themselves, relu
    and 2x2 pooling, while there is something to pool; then two dense layers. The
    published module normalises by the batch, hence by other queries.

    Args:
        theta: `{"blocks": ((kernel, offset), ..), "head": dense weights}`.
        paired: `(pairs, height, width, channels)`.

    Returns:
        `(pairs,)`.
    """
    x = paired
    for kernel, offset in theta["blocks"]:
        x = ops.conv(x, kernel, padding="same")
        mean = ops.mean(x, axis=(1, 2, 3), keepdims=True)
        variance = ops.mean(ops.square(x - mean), axis=(1, 2, 3), keepdims=True)
        x = ops.relu((x - mean) * ops.rsqrt(variance + EPSILON) + offset)
        if min(x.shape[1:3]) >= POOL:
            x = ops.max_pool(x, POOL, padding="valid")
    x = ops.reshape(x, (x.shape[0], -1))
    return dense_chain(theta["head"], x)[:, 0]


@keras.saving.register_keras_serializable(PACKAGE)
class Relation(Learner):
    """r(x, class) = logistic(g(sum of the class's support maps, maps of x)).

    Trained with the squared distance of the scores to 1 for the query's class and 0
    for others, as published; the blocks of the embedding pool twice only. Free in ways
    and shots.
    """

    method = "relation"
    pooled = 2

    def initial(self, rng):
        shape = self.embedding.map_shape
        channels = shape[-1]
        if len(shape) == 1:  # of an MLP
            shape = (1, 1, channels)
        blocks, sides, inputs = [], shape[:2], 2 * channels
        for _ in range(2):
            kernel = glorot(rng, 3, 3, inputs, channels)
            blocks.append((kernel, glorot(rng, 1, channels)[0] * 0))
            sides = [side // POOL if min(sides) >= POOL else side for side in sides]
            inputs = channels
        flat = sides[0] * sides[1] * channels
        return {
            "embedding": self.embedding.initial(rng),
            "blocks": tuple(blocks),
            "head": initial_chain(rng, (flat, HIDDEN, 1)),
        }

    def scores(self, theta, support_x, support_y, query_x, ways):
        """Relation scores before the logistic function, `(queries, ways)`."""
        support, query = embed_pair(
            self.embedding.maps, theta["embedding"], support_x, query_x, self.statistics
        )
        if len(support.shape) == 2:  # of an MLP
            support, query = support[:, None, None], query[:, None, None]
        prototypes = class_sums(support, one_hot(support_y, ways, support))
        scores = relation_scores(theta, pairs(query, prototypes))
        return ops.reshape(scores, (query.shape[0], ways))

    def logits(self, theta, support_x, support_y, query_x, ways):
        return self.scores(theta, support_x, support_y, query_x, ways)

    def loss(self, theta, episode):
        scores = self.scores(
            theta,
            episode.support_x,
            episode.support_y,
            episode.query_x,
            episode.ways,
        )
        targets = one_hot(episode.query_y, episode.ways, scores)
        return ops.mean(ops.square(ops.sigmoid(scores) - targets))
