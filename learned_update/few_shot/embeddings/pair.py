"""Support and query embedded with batch statistics of the one or of both.

Published numbers mix the two: inductive predictions say of a query what it is worth by
itself; transductive ones look at all queries of the episode at once.
"""

from keras import ops

from learned_update.errors import invalid

INDUCTIVE, TRANSDUCTIVE = "inductive", "transductive"
STATISTICS = (INDUCTIVE, TRANSDUCTIVE)


def check_statistics(statistics):
    """Raises `ValueError` if there are no such batch statistics."""
    if statistics not in STATISTICS:
        raise invalid(
            f"There are no batch statistics {statistics!r}.",
            expected="'inductive' (of the support) or 'transductive' (of support and "
            "query in one batch)",
            received=repr(statistics),
            remedy="Name one of these.",
        )


def embed_pair(network, weights, support, query, statistics):
    """What a network gives for the support and for the query.

    Args:
        network: `(weights, x, moments=None) -> (outputs, moments)`.
        weights: of the network.
        support: `(supports, *image_shape)`.
        query: `(queries, *image_shape)`.
        statistics: `"inductive"` normalises both by the support, so that no query
            changes what is said of another; `"transductive"` by both in one batch.

    Returns:
        Outputs of the support and of the query.
    """
    if statistics == INDUCTIVE:
        outputs, moments = network(weights, support)
        return outputs, network(weights, query, moments)[0]
    together, _ = network(weights, ops.concatenate([support, query], axis=0))
    supports = support.shape[0]
    return together[:supports], together[supports:]
