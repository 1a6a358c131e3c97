"""A graph network over support and query (Garcia and Bruna, 2018)."""

import keras
import numpy as np
from keras import ops

from learned_update.few_shot.embeddings.dense import dense_chain
from learned_update.few_shot.embeddings.initial import dense, initial_chain
from learned_update.few_shot.embeddings.pair import embed_pair
from learned_update.few_shot.learner import PACKAGE, Learner, one_hot

SELF = -1e8  # logit of a node's edge to itself, which it has by the identity
SLOPE = 0.2  # of the leaky relu


def adjacency(weights, nodes):
    """A_ij = softmax_j(MLP(|x_i - x_j|)), 0 for i = j (eq. 5).

    Args:
        weights: of the MLP, to one output.
        nodes: `(graphs, nodes, units)`.

    Returns:
        `(graphs, nodes, nodes)`; rows sum to 1.
    """
    difference = ops.abs(nodes[:, :, None] - nodes[:, None])
    logits = dense_chain(weights, difference, leaky)[..., 0]
    to_itself = ops.eye(nodes.shape[1], dtype=nodes.dtype)
    return ops.softmax(logits + SELF * to_itself, axis=-1)


def graph_convolution(weights, edges, nodes):
    """[x, A x] W + b: a node's own state and its neighbours' (eq. 2).

    Args:
        weights: `(kernel, bias)`, kernel `(2 units, outputs)`.
        edges: A, `(graphs, nodes, nodes)`.
        nodes: x, `(graphs, nodes, units)`.
    """
    kernel, bias = weights
    around = ops.concatenate([nodes, ops.matmul(edges, nodes)], axis=-1)
    return ops.matmul(around, kernel) + bias


def leaky(x):
    """max(x, 0.2 x)."""
    return ops.maximum(x, SLOPE * x)


@keras.saving.register_keras_serializable(PACKAGE)
class GraphNetwork(Learner):
    """A graph per query: its node and the support's, labels as features of the nodes.

    The query's label is uniform. Layers: adjacency, convolution, leaky relu, the
    result beside what was there; the last convolution gives the query's logits. Free in
    shots; the ways are those of meta-training. Batch normalisation inside the graph,
    which would mix queries, is left out.

    Args:
        layers: graph convolutions before the last.
        units: outputs of each; widths of the adjacency's MLP.
        **settings: of `Learner`.
    """

    method = "graph"
    fixed_ways = True

    def __init__(self, layers=2, units=48, **settings):
        self.layers, self.units = layers, units
        super().__init__(**settings)

    def initial(self, rng):
        width, layers = self.embedding.features + self.ways, []
        for _ in range(self.layers):
            layers.append(
                {
                    "edges": initial_chain(rng, (width, self.units, self.units, 1)),
                    "nodes": dense(rng, 2 * width, self.units),
                }
            )
            width += self.units
        return {
            "embedding": self.embedding.initial(rng),
            "layers": tuple(layers),
            "edges": initial_chain(rng, (width, self.units, self.units, 1)),
            "nodes": dense(rng, 2 * width, self.ways),
        }

    def logits(self, theta, support_x, support_y, query_x, ways):
        support, query = embed_pair(
            self.embedding, theta["embedding"], support_x, query_x, self.statistics
        )
        queries = query.shape[0]
        known = ops.concatenate([support, one_hot(support_y, ways, support)], axis=-1)
        unknown = np.full((queries, ways), 1 / ways, "float32")
        asked = ops.concatenate([query, ops.cast(unknown, query.dtype)], axis=-1)
        nodes = ops.concatenate(
            [asked[:, None], ops.tile(known[None], (queries, 1, 1))], axis=1
        )  # (queries, 1 + supports, units)
        for layer in theta["layers"]:
            edges = adjacency(layer["edges"], nodes)
            found = leaky(graph_convolution(layer["nodes"], edges, nodes))
            nodes = ops.concatenate([nodes, found], axis=-1)
        edges = adjacency(theta["edges"], nodes)
        return graph_convolution(theta["nodes"], edges, nodes)[:, 0]

    def get_config(self):
        return {**super().get_config(), "layers": self.layers, "units": self.units}
