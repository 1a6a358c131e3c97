"""Metrics against independent NumPy in float64."""

import numpy as np
from keras import ops
from scipy.special import expit, softmax

from learned_update.few_shot.embeddings.lstm import initial_lstm, lstm_step, run_lstm
from learned_update.few_shot.metric.attention import (
    attention_weights,
    bidirectional,
    read_support,
)
from learned_update.few_shot.metric.graph import adjacency, graph_convolution
from learned_update.few_shot.metric.prototypes import class_means, cosines
from learned_update.few_shot.metric.prototypical import similarities
from learned_update.few_shot.metric.relation import EPSILON as PAIR_EPSILON
from learned_update.few_shot.metric.relation import class_sums, pairs, relation_scores
from learned_update.few_shot.metric.siamese import (
    REACH,
    balanced_cross_entropy,
    verification_logits,
)
from learned_update.randomness import generator
from tests.few_shot.embeddings.test_embedding import convolved, pooled
from tests.few_shot.small import FLOAT64, float64, learner

pytestmark = FLOAT64
RNG = np.random.default_rng(4)
QUERY, SUPPORT = RNG.normal(size=(5, 3)), RNG.normal(size=(4, 3))
MEMBERSHIP = np.eye(2)[[0, 0, 0, 1]]  # not the same number of each class


def close(found, expected):
    np.testing.assert_allclose(ops.convert_to_numpy(found), expected, atol=1e-10)


def numpy_cosines(a, b):
    a, b = (x / np.linalg.norm(x, axis=1, keepdims=True) for x in (a, b))
    return a @ b.T


def test_prototypes_and_distances_to_them():
    expected = np.stack([SUPPORT[:3].mean(axis=0), SUPPORT[3]])
    given = float64((QUERY, SUPPORT, MEMBERSHIP, expected))
    close(class_means(*given[1:3]), expected)
    squares = np.square(QUERY[:, None] - expected).sum(axis=-1)
    close(similarities(given[0], given[3], "euclidean"), -squares)
    cosine = 10 * numpy_cosines(QUERY, expected)
    close(similarities(given[0], given[3], "cosine"), cosine)
    assert np.isfinite(ops.convert_to_numpy(cosines(0 * given[0], given[1]))).all()


def test_attention_weights():
    query, support = float64((QUERY, SUPPORT))
    expected = softmax(2.5 * numpy_cosines(QUERY, SUPPORT), axis=1)
    close(attention_weights(query, support, 2.5), expected)


def numpy_lstm(weights, x, hidden, cell):
    i, f, g, o = np.split(
        x @ weights.kernel + hidden @ weights.recurrent + weights.bias, 4, axis=1
    )
    cell = expit(f) * cell + expit(i) * np.tanh(g)
    return expit(o) * np.tanh(cell), cell


def numpy_run(weights, sequence):
    hidden = cell = np.zeros((1, weights.bias.size // 4))
    outputs = []
    for row in sequence:
        hidden, cell = numpy_lstm(weights, row[None], hidden, cell)
        outputs.append(hidden[0])
    return np.stack(outputs)


def test_lstm():
    weights = initial_lstm(generator(0), 3, 2)
    assert weights.bias.tolist() == [0, 0, 1, 1, 0, 0, 0, 0]  # it remembers at first
    state = RNG.normal(size=(5, 2)), RNG.normal(size=(5, 2))
    found = lstm_step(float64(weights), *float64((QUERY, *state)))
    for one, expected in zip(found, numpy_lstm(weights, QUERY, *state), strict=True):
        close(one, expected)
    found = run_lstm(float64(weights), float64(SUPPORT[None]))[0]
    close(found, numpy_run(weights, SUPPORT))


def test_full_context():
    ahead, behind = (initial_lstm(generator(seed), 3, 3) for seed in (1, 2))
    expected = (
        numpy_run(ahead, SUPPORT) + numpy_run(behind, SUPPORT[::-1])[::-1] + SUPPORT
    )
    close(bidirectional(float64(ahead), float64(behind), float64(SUPPORT)), expected)


def test_reads_of_the_support():
    weights = initial_lstm(generator(3), 3, 3, states=6)
    hidden = cell = read = np.zeros_like(QUERY)
    for _ in range(3):
        hidden, cell = numpy_lstm(weights, QUERY, np.hstack([hidden, read]), cell)
        hidden = hidden + QUERY
        read = softmax(hidden @ SUPPORT.T, axis=1) @ SUPPORT
    close(read_support(float64(weights), *float64((QUERY, SUPPORT)), 3), hidden)


def test_relation_scores():
    maps, query = RNG.normal(size=(4, 4, 5, 2)), RNG.normal(size=(3, 4, 5, 2))
    sums = np.stack([maps[:3].sum(axis=0), maps[3]])
    close(class_sums(*float64((maps, MEMBERSHIP))), sums)
    paired = np.stack(
        [np.concatenate([s, q], axis=-1) for q in query for s in sums]
    )  # class by class for each query
    close(pairs(*float64((query, sums))), paired)
    blocks = [(RNG.normal(size=(3, 3, n, 2)), RNG.normal(size=2)) for n in (4, 2)]
    head = [(RNG.normal(size=(n, m)), RNG.normal(size=m)) for n, m in ((2, 3), (3, 1))]
    x = paired
    for kernel, offset in blocks:
        x = convolved(x, kernel)
        mean, variance = (
            f(x, axis=(1, 2, 3), keepdims=True) for f in (np.mean, np.var)
        )
        x = pooled(
            np.maximum((x - mean) / np.sqrt(variance + PAIR_EPSILON) + offset, 0)
        )
    x = x.reshape(6, -1)
    expected = np.maximum(x @ head[0][0] + head[0][1], 0) @ head[1][0] + head[1][1]
    theta = float64({"blocks": tuple(blocks), "head": tuple(head)})
    close(relation_scores(theta, float64(paired)), expected[:, 0])


def test_verification():
    scale, bias = RNG.normal(size=3), np.float64(0.3)
    logits = np.abs(QUERY[:, None] - SUPPORT) @ scale + bias
    close(verification_logits(*float64((QUERY, SUPPORT, scale, bias))), logits)
    same = (np.arange(5)[:, None] % 2 == np.arange(4) % 4).astype("float64")
    losses = -np.log(np.where(same > 0, expit(logits), expit(-logits)))
    expected = (losses[same > 0].mean() + losses[same == 0].mean()) / 2
    close(balanced_cross_entropy(*float64((logits, same))), expected)


def test_verification_begins_between_its_two_answers():
    made = learner("siamese")
    units = made.embedding.features
    apart = float64(np.array([[0.0] * units, [1.0] * units]))
    found = verification_logits(
        apart[:1], apart, *float64((made.theta()["scale"], made.theta()["bias"]))
    )
    np.testing.assert_allclose(found, [[REACH / 2, -REACH / 2]], rtol=1e-6)


def test_graph():
    nodes = RNG.normal(size=(2, 4, 3))
    layers = [
        (RNG.normal(size=(n, m)), RNG.normal(size=m)) for n, m in ((3, 5), (5, 1))
    ]
    edges = np.zeros((2, 4, 4))
    for graph in range(2):
        for i in range(4):
            others = [j for j in range(4) if j != i]
            apart = np.abs(nodes[graph, i] - nodes[graph, others])
            hidden = apart @ layers[0][0] + layers[0][1]
            hidden = np.where(hidden > 0, hidden, 0.2 * hidden)
            logits = (hidden @ layers[1][0] + layers[1][1])[:, 0]
            edges[graph, i, others] = softmax(logits)
    close(adjacency(float64(tuple(layers)), float64(nodes)), edges)
    kernel, bias = RNG.normal(size=(6, 2)), RNG.normal(size=2)
    expected = np.concatenate([nodes, edges @ nodes], axis=-1) @ kernel + bias
    close(graph_convolution(*float64(((kernel, bias), edges, nodes))), expected)
