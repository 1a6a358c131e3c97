"""A classifier of a fixed number of ways as a pure function of its weights."""

from keras import ops

from learned_update.few_shot.embeddings.initial import dense
from learned_update.few_shot.embeddings.pair import embed_pair
from learned_update.few_shot.objective import cross_entropy


def initial_network(embedding, rng, ways):
    """Weights of an embedding and of a linear head on it: `{"embedding", "head"}`."""
    return {
        "embedding": embedding.initial(rng),
        "head": dense(rng, embedding.features, ways),
    }


def network_logits(embedding, weights, x, moments=None):
    """Logits of a batch, and the moments that normalised it.

    Args:
        embedding: `Embedding`.
        weights: as of `initial_network`.
        x: `(batch, *image_shape)`.
        moments: of the batch normalisation; those of this batch if None.

    Returns:
        `(batch, ways)`, and moments.
    """
    features, used = embedding(weights["embedding"], x, moments)
    return head_logits(weights["head"], features), used


def head_logits(head, features):
    """f W + b, `(batch, ways)`."""
    kernel, bias = head
    return ops.matmul(features, kernel) + bias


def network_loss(embedding, weights, x, labels):
    """`cross_entropy` of a batch that is normalised by itself, a scalar."""
    return cross_entropy(network_logits(embedding, weights, x)[0], labels)


def query_logits(embedding, weights, support, query, statistics):
    """Logits of the query, its batch statistics as of `embed_pair`."""

    def network(weights, x, moments=None):
        return network_logits(embedding, weights, x, moments)

    return embed_pair(network, weights, support, query, statistics)[1]
