"""Objectives of the baselines against NumPy."""

import numpy as np
import pytest
from keras import ops
from scipy import stats
from scipy.special import expit, log_softmax

from learned_update.baselines.meta_learned.prototypical import prototypical_loss
from learned_update.baselines.shared.seeds import draws
from learned_update.baselines.shared.trainable_base import (
    EPSILON,
    TrainableBase,
    plain_base,
)
from learned_update.baselines.unsupervised.autoencoders.denoising_autoencoder import (
    DenoisingModel,
    squared_error,
)
from learned_update.baselines.unsupervised.autoencoders.vae import VaeModel, divergence
from learned_update.baselines.unsupervised.contrastive import ContrastiveModel, nt_xent
from learned_update.baselines.unsupervised.views import masked, noisy, shifted
from learned_update.few_shot.objective import cross_entropy
from tests.arithmetic import GROWTH, ROUND_OFF, assert_float32

RNG = np.random.default_rng(0)
X = RNG.uniform(size=(6, 12)).astype("float32")
UNITS = (8, 7, 3)


def dense(x, layer):
    kernel, bias = (np.asarray(weight, "float64") for weight in layer.get_weights())
    return x @ kernel + bias


def base_model(x, layer):
    """The base model of a `TrainableBase`, layer by layer."""
    weights = [np.asarray(weight, "float64") for weight in layer.get_weights()]
    levels = len(weights) // 2
    for kernel, bias in zip(weights[:levels], weights[levels:], strict=True):
        z = x @ kernel
        z = (z - z.mean(axis=0)) / np.sqrt(z.var(axis=0) + EPSILON) + bias
        x = np.maximum(z, 0.0)
    return x


def test_trainable_base_is_the_base_model():
    layer = TrainableBase(plain_base(UNITS, "relu"), seed=3)
    layer.build((6, 12))
    widths = [(12, 8), (8, 7), (7, 3)]
    shapes = [tuple(weight.shape) for weight in layer.trainable_variables]
    assert shapes == [*widths, (8,), (7,), (3,)]
    for bias in layer.biases:
        bias.assign(RNG.normal(size=bias.shape))
    assert_float32(layer(X), lambda x: base_model(x, layer), X)
    copy = TrainableBase.from_config(layer.get_config())
    copy.build((6, 12))
    copy.set_weights(layer.get_weights())
    np.testing.assert_array_equal(copy(X), layer(X))


@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian"])
def test_variational_objective_is_minus_the_evidence_lower_bound(likelihood):
    model = VaeModel(plain_base(UNITS, "relu"), 12, likelihood, seed=0)
    model(X)
    for weight in model.log_variance.weights:
        weight.assign(0.3 * RNG.normal(size=weight.shape))
    noise = RNG.normal(size=(6, 3)).astype("float32")

    def expected(x, noise):
        hidden = base_model(x, model.encoder)
        mean = dense(hidden, model.mean)
        log_variance = dense(hidden, model.log_variance)
        stddev = np.exp(log_variance / 2)
        code = base_model(mean + stddev * noise, model.decoder.hidden[0])
        decoded = dense(code, model.decoder.output_layer)
        assert decoded.shape == (6, 12)
        if likelihood == "bernoulli":
            p = expit(decoded)
            log_likelihood = x * np.log(p) + (1 - x) * np.log(1 - p)
        else:
            log_likelihood = stats.norm.logpdf(x, decoded, 0.1)
        kl = -np.log(stddev) + (stddev**2 + mean**2 - 1) / 2
        return kl.sum(axis=1) - log_likelihood.sum(axis=1)

    assert_float32(model.objective(X, noise), expected, X, noise)


def test_divergence_is_an_expected_log_ratio():
    mean, log_variance = np.array([[0.5, -1.0]]), np.array([[0.3, -0.7]])
    nodes, weights = np.polynomial.hermite_e.hermegauss(20)

    def expected(mean, log_variance):
        stddev = np.exp(log_variance / 2)
        z = mean + stddev * nodes[:, None]  # (nodes, 2)
        ratio = stats.norm.logpdf(z, mean, stddev) - stats.norm.logpdf(z)
        return (weights @ ratio / weights.sum()).sum(keepdims=True)

    assert_float32(divergence(mean, log_variance), expected, mean, log_variance)


def test_nt_xent_view_by_view():
    first, second = RNG.normal(size=(2, 5, 4)).astype("float32")

    def expected(first, second):
        views = np.concatenate([first, second])
        views /= np.linalg.norm(views, axis=1, keepdims=True)
        losses = []
        for i in range(10):
            others = [j for j in range(10) if j != i]
            similarity = views[others] @ views[i] / 0.3
            losses.append(-log_softmax(similarity)[others.index((i + 5) % 10)])
        return np.mean(losses)

    assert_float32(nt_xent(first, second, 0.3), expected, first, second)


def test_nt_xent_of_one_pair_is_zero_and_stays_finite():
    similarity = 1 / 0.5  # at most, of which the same is subtracted
    error = GROWTH * ROUND_OFF * similarity
    np.testing.assert_allclose(nt_xent(X[:1], X[1:2], 0.5), 0.0, atol=error)
    assert np.isfinite(nt_xent(np.zeros((3, 4), "float32"), X[:3, :4], 0.1))


def test_prototypical_loss_query_by_query():
    support = RNG.normal(size=(3 * 4, 5)).astype("float32")
    query = RNG.normal(size=(3 * 2, 5)).astype("float32")

    def expected(support, query):
        losses = []
        for row, x in enumerate(query):
            distances = [
                np.sum((x - support[4 * way : 4 * way + 4].mean(axis=0)) ** 2)
                for way in range(3)
            ]
            losses.append(-log_softmax(-np.array(distances))[row // 2])
        return np.mean(losses)

    actual = prototypical_loss(ops.convert_to_tensor(support), query, ways=3)
    assert_float32(actual, expected, support, query)


def test_cross_entropy_by_hand():
    probabilities = np.array([[0.5, 0.25, 0.25], [0.1, 0.1, 0.8]])
    logits = np.log(probabilities).astype("float32")
    actual = cross_entropy(logits, np.array([1, 2]))
    assert_float32(
        actual, lambda p: -(np.log(p[0, 1]) + np.log(p[1, 2])) / 2, probabilities
    )


def test_denoising_without_corruption_is_reconstruction():
    model = DenoisingModel(plain_base(UNITS, "relu"), 12, 0.0, 0.0, seed=0)
    actual = model(X)

    def expected(x):
        code = base_model(base_model(x, model.encoder), model.decoder.hidden[0])
        return np.mean((x - dense(code, model.decoder.output_layer)) ** 2, axis=1)

    assert_float32(actual, expected, X)
    shifted_x = X + 0.5
    assert_float32(
        squared_error(X, shifted_x),
        lambda x, y: np.mean((x - y) ** 2, axis=1),
        X,
        shifted_x,
    )


def test_views_change_what_they_say():
    x = np.full((50, 40), 2.0, "float32")
    hidden = np.asarray(masked(x, 0.3, draws(0)))
    assert set(np.unique(hidden)) == {0.0, 2.0}
    np.testing.assert_allclose(np.mean(hidden == 0), 0.3, atol=0.03)
    added = np.asarray(noisy(x, 0.5, draws(0))) - x
    np.testing.assert_allclose([added.mean(), added.std()], [0, 0.5], atol=0.03)


def test_images_are_shifted_and_filled_with_zeros():
    images = RNG.uniform(size=(3, 3, 4, 2)).astype("float32")
    down, right = np.array([0, 1, -2], "int32"), np.array([1, 0, -1], "int32")
    expected = np.zeros_like(images)
    expected[0, :, 1:] = images[0, :, :-1]
    expected[1, 1:] = images[1, :-1]
    expected[2, :1, :-1] = images[2, 2:, 1:]
    actual = shifted(images.reshape(3, -1), down, right, (3, 4, 2))
    np.testing.assert_array_equal(actual, expected.reshape(3, -1))


def test_a_view_is_one_of_the_shifted_images():
    model = ContrastiveModel(
        plain_base(UNITS, "relu"), 0.0, 0.0, 1, (3, 4, 1), 0.5, seed=0
    )
    x = np.tile(X[:1], (30, 1))
    moves = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    down, right = np.array(moves, "int32").T
    candidates = np.asarray(shifted(x[:9], down, right, (3, 4, 1)))
    seen = set()
    for row in np.asarray(model.view(x)):
        (which,) = np.flatnonzero((candidates == row).all(axis=1))
        seen.add(int(which))
    assert len(seen) > 5
