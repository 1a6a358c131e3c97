"""Siamese networks (Koch et al., 2015): are these two of one class?"""

import keras
import numpy as np
from keras import ops

from learned_update.few_shot.embeddings.pair import embed_pair
from learned_update.few_shot.learner import PACKAGE, Learner, one_hot

REACH = 10.0  # of the initial logits: features that all differ by 1 give -REACH / 2


def verification_logits(features, others, scale, bias):
    """w . |f(a) - f(b)| + b of all pairs (Koch et al., 2015, section 3.1).

    Args:
        features: `(queries, units)`.
        others: `(supports, units)`.
        scale: w, `(units,)`.
        bias: b, a scalar.

    Returns:
        `(queries, supports)`.
    """
    difference = ops.abs(ops.expand_dims(features, 1) - others)
    return ops.sum(difference * scale, axis=-1) + bias


def balanced_cross_entropy(logits, same):
    """Binary cross-entropy in which both kinds of pairs weigh the same.

    Args:
        logits: `(queries, supports)`.
        same: 1 where a pair is of one class, else 0, like `logits`.

    Returns:
        A scalar.
    """
    losses = ops.softplus(logits) - same * logits
    alike = ops.sum(losses * same) / ops.sum(same)
    unlike = ops.sum(losses * (1 - same)) / ops.sum(1 - same)
    return (alike + unlike) / 2


@keras.saving.register_keras_serializable(PACKAGE)
class Siamese(Learner):
    """Twin networks, joined by a weighted L1 distance, that verify pairs.

    A query belongs to a class by its mean logit with the class's support. Free in ways
    and shots.
    """

    method = "siamese"

    def initial(self, rng):
        # Initial logits are on both sides of 0: were those of all pairs far below it,
        # features would first have to collapse, as a rate of 1e-3 moves no bias so far.
        features = self.embedding.features
        return {
            "embedding": self.embedding.initial(rng),
            "scale": np.full(features, -REACH / features, "float32"),
            "bias": np.array(REACH / 2, "float32"),
        }

    def pair_logits(self, theta, support_x, query_x):
        """`verification_logits` of every query with every support."""
        support, query = embed_pair(
            self.embedding, theta["embedding"], support_x, query_x, self.statistics
        )
        return verification_logits(query, support, theta["scale"], theta["bias"])

    def logits(self, theta, support_x, support_y, query_x, ways):
        logits = self.pair_logits(theta, support_x, query_x)
        membership = one_hot(support_y, ways, logits)
        return ops.matmul(logits, membership) / ops.sum(membership, axis=0)

    def loss(self, theta, episode):
        logits = self.pair_logits(theta, episode.support_x, episode.query_x)
        same = ops.expand_dims(episode.query_y, 1) == episode.support_y
        return balanced_cross_entropy(logits, ops.cast(same, logits.dtype))
