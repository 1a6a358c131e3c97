"""Inner loops and the gradients through them, in float64."""

import keras
import numpy as np
import pytest
from keras import ops

from learned_update.few_shot.episodes.episode import Episode
from learned_update.few_shot.gradient.conjugate_gradient import conjugate_gradients
from learned_update.few_shot.gradient.implicit import (
    hessian_product,
    implicit_gradient,
    proximal_gradient,
)
from learned_update.few_shot.gradient.inner_steps import (
    adam_steps,
    descended,
    gradient_of,
    sgd_steps,
)
from learned_update.few_shot.gradient.network import network_loss
from tests.few_shot.small import (
    FLOAT64,
    episode,
    float64,
    inner_product,
    learner,
    random_direction,
    slope,
)

pytestmark = FLOAT64
CONVOLUTION = {"embedding": "convolution", "widths": (3, 4)}


def problem(method, **settings):
    """A learner, its theta and an episode in float64."""
    made = learner(method, **settings)
    return made, float64(made.theta()), Episode(*float64(tuple(episode())))


def check_meta_gradient(made, theta, drawn):
    loss, gradient = made.meta_gradient(theta, drawn)
    np.testing.assert_allclose(float(loss), float(made.loss(theta, drawn)))
    for seed in range(3):
        direction = random_direction(theta, seed)
        expected = slope(lambda t: made.loss(t, drawn), theta, direction)
        np.testing.assert_allclose(
            inner_product(gradient, direction), expected, rtol=1e-5
        )


@pytest.mark.parametrize("statistics", ["inductive", "transductive"])
def test_maml_with_batch_normalisation_against_finite_differences(statistics):
    made = problem(
        "maml", inner_steps=2, inner_rate=0.3, statistics=statistics, **CONVOLUTION
    )
    check_meta_gradient(*made)


@pytest.mark.parametrize("method", ["meta-sgd", "anil"])
def test_other_meta_gradients_against_finite_differences(method):
    check_meta_gradient(*problem(method))


def test_first_order_maml_is_maml_with_second_derivatives_stopped():
    made, theta, drawn = problem("fomaml", inner_steps=2)
    _, found = made.meta_gradient(theta, drawn)
    phi = made.adapted(theta, drawn.support_x, drawn.support_y, 2)
    zero = problem("maml")[0]
    zero.inner_steps = 0  # the query's gradient at phi itself
    _, expected = zero.meta_gradient(phi, drawn)
    for one, other in zip(*map(keras.tree.flatten, (found, expected)), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-12)
    _, second = problem("maml", inner_steps=2)[0].meta_gradient(theta, drawn)
    assert any(
        np.abs(np.subtract(a, b)).max() > 1e-6
        for a, b in zip(*map(keras.tree.flatten, (found, second)), strict=True)
    )


def test_anil_leaves_the_trunk_alone_and_moves_the_head():
    made, theta, drawn = problem("anil")
    found = made.adapted(theta, drawn.support_x, drawn.support_y, 2)
    for one, other in zip(
        *map(keras.tree.flatten, (found["embedding"], theta["embedding"])), strict=True
    ):
        np.testing.assert_array_equal(one, other)
    assert np.abs(np.subtract(found["head"][0], theta["head"][0])).max() > 1e-4


def test_reptile_of_one_inner_step_is_gradient_descent():
    settings = {"inner_optimizer": "sgd", "inner_steps": 1, "minibatch_size": 100}
    made, theta, drawn = problem("reptile", inner_rate=0.3, **settings)
    _, towards = made.meta_gradient(theta, drawn)
    x = ops.concatenate([drawn.support_x, drawn.query_x])
    labels = ops.concatenate([drawn.support_y, drawn.query_y])
    gradient = gradient_of(
        lambda weights: network_loss(made.embedding, weights, x, labels), theta
    )
    for one, other in zip(*map(keras.tree.flatten, (towards, gradient)), strict=True):
        np.testing.assert_allclose(one, 0.3 * np.asarray(other), atol=1e-12)


def test_reptile_takes_minibatches_in_turn():
    settings = {"inner_optimizer": "sgd", "inner_rate": 0.2, "inner_steps": 3}
    made, theta, drawn = problem("reptile", minibatch_size=8, **settings)
    _, towards = made.meta_gradient(theta, drawn)
    x = np.concatenate([drawn.support_x, drawn.query_x])
    labels = np.concatenate([drawn.support_y, drawn.query_y])
    phi = theta
    for step in range(3):
        rows = np.arange(step * 8, step * 8 + 8) % 18
        batch = float64((x[rows], labels[rows]))
        phi = descended(
            phi,
            gradient_of(lambda w, b=batch: network_loss(made.embedding, w, *b), phi),
            0.2,
        )
    for one, a, b in zip(*map(keras.tree.flatten, (towards, theta, phi)), strict=True):
        np.testing.assert_allclose(one, np.subtract(a, b), atol=1e-12)


def quadratic(seed=0, size=4):
    """A, b of L(w) = w.A w / 2 - b.w with A positive definite, float64."""
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(size, size))
    return root @ root.T + np.eye(size), rng.normal(size=size)


def loss_of(matrix, right):
    matrix, right = float64((matrix, right))
    return lambda w: (
        ops.sum(w * ops.matmul(matrix, w[:, None])[:, 0]) / 2 - ops.sum(right * w)
    )


def test_conjugate_gradients_solve():
    matrix, right = quadratic()
    tensor = float64(matrix)
    found = conjugate_gradients(
        lambda v: [ops.matmul(tensor, v[0][:, None])[:, 0]], [float64(right)], 4
    )
    np.testing.assert_allclose(found[0], np.linalg.solve(matrix, right), rtol=1e-8)
    zero = conjugate_gradients(lambda v: v, float64(np.zeros(3)), 2)
    np.testing.assert_array_equal(zero, np.zeros(3))


def test_implicit_gradient_is_the_exact_one_on_a_quadratic():
    (support, b), (query, c), strength = quadratic(0), quadratic(1), 1.5
    theta, loss = np.random.default_rng(2).normal(size=4), loss_of(support, b)
    inner = support + strength * np.eye(4)
    phi = np.linalg.solve(inner, b + strength * theta)
    start = float64(theta)
    found = sgd_steps(
        lambda w: proximal_gradient(gradient_of(loss, w), w, start, strength),
        start,
        steps=400,
        rate=0.05,
    )
    np.testing.assert_allclose(found, phi, atol=1e-8)
    vector = float64(np.arange(4.0))
    product = hessian_product(loss, float64(phi), vector)
    np.testing.assert_allclose(product, support @ np.arange(4.0), atol=1e-10)
    outer = query @ phi - c  # dL_query / dphi
    found = implicit_gradient(loss, float64(phi), float64(outer), strength, 4)
    expected = strength * np.linalg.solve(inner, outer)  # (dphi / dtheta)^T outer
    np.testing.assert_allclose(found, expected, rtol=1e-7)


def test_implicit_maml_weighs_the_query_at_the_adapted_weights():
    made, theta, drawn = problem("imaml", inner_steps=3, strength=1e9, inner_rate=1e-9)
    loss, gradient = made.meta_gradient(
        theta, drawn
    )  # phi stays at theta, H/lambda = 0
    zero = problem("maml")[0]
    zero.inner_steps = 0
    expected_loss, expected = zero.meta_gradient(theta, drawn)
    np.testing.assert_allclose(float(loss), float(expected_loss), rtol=1e-6)
    for one, other in zip(*map(keras.tree.flatten, (gradient, expected)), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_steps_of_adam():
    matrix, right = quadratic()
    loss, rates = loss_of(matrix, right), np.array([0.1, 0.2, 0.0, 0.1])
    w, mean, square = np.ones(4), np.zeros(4), np.zeros(4)
    for step in range(1, 4):
        gradient = matrix @ w - right
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.99 * square + 0.01 * gradient**2
        w = w - rates * (mean / (1 - 0.9**step)) / (
            np.sqrt(square / (1 - 0.99**step)) + 1e-8
        )
    found = adam_steps(
        lambda w, _: gradient_of(loss, w),
        float64(np.ones(4)),
        3,
        lambda _: float64(rates),
        beta_1=0.9,
        beta_2=0.99,
    )
    np.testing.assert_allclose(found, w, rtol=1e-10)


@pytest.mark.parametrize(
    ("method", "settings", "message"),
    [
        ("maml", {"inner_steps": 0}, "no inner loop.*inner_steps=0"),
        ("reptile", {"inner_optimizer": "lion"}, "no inner optimizer 'lion'"),
    ],
)
def test_errors(method, settings, message):
    with pytest.raises(ValueError, match=message):
        learner(method, **settings)
