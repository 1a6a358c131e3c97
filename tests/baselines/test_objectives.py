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
from learned_update.baselines.supervised.from_scratch import cross_entropy
from learned_update.baselines.unsupervised.autoencoders.denoising_autoencoder import (
    DenoisingModel,
    squared_error,
)
from learned_update.baselines.unsupervised.autoencoders.vae import VaeModel, divergence
from learned_update.baselines.unsupervised.contrastive import ContrastiveModel, nt_xent
from learned_update.baselines.unsupervised.views import masked, noisy, shifted

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
    np.testing.assert_allclose(layer(X), base_model(X, layer), atol=1e-5)
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

    hidden = base_model(X, model.encoder)
    mean, log_variance = dense(hidden, model.mean), dense(hidden, model.log_variance)
    stddev = np.exp(log_variance / 2)
    code = base_model(mean + stddev * noise, model.decoder.hidden[0])
    decoded = dense(code, model.decoder.output_layer)
    assert decoded.shape == (6, 12)
    if likelihood == "bernoulli":
        p = expit(decoded)
        log_likelihood = X * np.log(p) + (1 - X) * np.log(1 - p)
    else:
        log_likelihood = stats.norm.logpdf(X, decoded, 0.1)
    kl = -np.log(stddev) + (stddev**2 + mean**2 - 1) / 2
    expected = kl.sum(axis=1) - log_likelihood.sum(axis=1)
    np.testing.assert_allclose(model.objective(X, noise), expected, rtol=2e-4)


def test_divergence_is_an_expected_log_ratio():
    mean, log_variance = np.array([[0.5, -1.0]]), np.array([[0.3, -0.7]])
    stddev = np.exp(log_variance / 2)
    nodes, weights = np.polynomial.hermite_e.hermegauss(20)
    z = mean + stddev * nodes[:, None]  # (nodes, 2)
    ratio = stats.norm.logpdf(z, mean, stddev) - stats.norm.logpdf(z)
    expected = (weights @ ratio / weights.sum()).sum()
    np.testing.assert_allclose(divergence(mean, log_variance), [expected], rtol=1e-5)


def test_nt_xent_view_by_view():
    first, second = RNG.normal(size=(2, 5, 4)).astype("float32")
    views = np.concatenate([first, second]).astype("float64")
    views /= np.linalg.norm(views, axis=1, keepdims=True)
    losses = []
    for i in range(10):
        others = [j for j in range(10) if j != i]
        similarity = views[others] @ views[i] / 0.3
        losses.append(-log_softmax(similarity)[others.index((i + 5) % 10)])
    np.testing.assert_allclose(nt_xent(first, second, 0.3), np.mean(losses), rtol=1e-5)


def test_nt_xent_of_one_pair_is_zero_and_stays_finite():
    np.testing.assert_allclose(nt_xent(X[:1], X[1:2], 0.5), 0.0, atol=1e-6)
    assert np.isfinite(nt_xent(np.zeros((3, 4), "float32"), X[:3, :4], 0.1))


def test_prototypical_loss_query_by_query():
    support = RNG.normal(size=(3 * 4, 5)).astype("float32")
    query = RNG.normal(size=(3 * 2, 5)).astype("float32")
    losses = []
    for row, x in enumerate(query):
        distances = [
            np.sum((x - support[4 * way : 4 * way + 4].mean(axis=0)) ** 2)
            for way in range(3)
        ]
        losses.append(-log_softmax(-np.array(distances))[row // 2])
    actual = prototypical_loss(ops.convert_to_tensor(support), query, ways=3)
    np.testing.assert_allclose(actual, np.mean(losses), rtol=1e-5)


def test_cross_entropy_by_hand():
    logits = np.log([[0.5, 0.25, 0.25], [0.1, 0.1, 0.8]]).astype("float32")
    expected = -(np.log(0.25) + np.log(0.8)) / 2
    np.testing.assert_allclose(cross_entropy(logits, np.array([1, 2])), expected, 1e-6)


def test_denoising_without_corruption_is_reconstruction():
    model = DenoisingModel(plain_base(UNITS, "relu"), 12, 0.0, 0.0, seed=0)
    code = base_model(
        base_model(X, model_built(model).encoder), model.decoder.hidden[0]
    )
    expected = np.mean((X - dense(code, model.decoder.output_layer)) ** 2, axis=1)
    np.testing.assert_allclose(model(X), expected, rtol=1e-4)
    np.testing.assert_allclose(squared_error(X, X + 0.5), np.full(6, 0.25), rtol=1e-6)


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


def model_built(model):
    model(X)
    return model
