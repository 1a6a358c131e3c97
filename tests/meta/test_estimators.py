"""Estimators of the meta-gradient against gradients that are known, in float64."""

import os
import pathlib
import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import ops

from learned_update.meta.estimators.antithetic import Pair
from learned_update.types import TaskBatch, TruncationData
from tests.meta.estimator_problems import (
    ESTIMATORS,
    INFINITE,
    SIGMA,
    Balancing,
    Smooth,
    estimate,
    phi_of,
    results,
)

ROOT = pathlib.Path(__file__).parents[2]
SAMPLES = 1500
ERRORS = 4.5  # standard errors; one of a hundred numbers exceeds it once in 1,500 times


@pytest.fixture(autouse=True, scope="module")
def float64():
    before = keras.config.floatx()
    keras.config.set_floatx("float64")
    yield
    keras.config.set_floatx(before)


def mean_and_error(name, problem, truncations, length, repetitions=12):
    """Mean of an estimate of the gradient, and its standard error, flat."""
    estimates = np.array(
        [
            np.concatenate(
                [
                    np.ravel(part)
                    for part in estimate(
                        ESTIMATORS[name], problem, truncations, length, SAMPLES, seed
                    )[0]
                ]
            )
            for seed in range(repetitions)
        ]
    )
    return estimates.mean(0), estimates.std(0, ddof=1) / np.sqrt(repetitions)


def exact(problem, steps):
    return np.concatenate([np.ravel(part) for part in problem.gradient(steps)])


@pytest.mark.parametrize("name", ESTIMATORS)
def test_one_truncation_of_a_whole_unroll_is_not_biased(name):
    expected = exact(Smooth(), 4)
    mean, error = mean_and_error(name, Smooth(), truncations=1, length=4)
    if name == "truncated backpropagation":
        np.testing.assert_allclose(mean, expected, rtol=1e-7, atol=1e-8)
    else:  # the smoothing itself: third derivatives times sigma^2
        assert (np.abs(mean - expected) < ERRORS * error + SIGMA**2).all()
        assert (error < 0.1 * np.abs(expected).max()).all()


@pytest.mark.parametrize("name", ["persistent ES", "single ES"])
def test_truncations_do_not_bias_what_remembers_its_perturbations(name):
    problem = Balancing()
    expected = exact(problem, 60)
    mean, error = mean_and_error(name, problem, truncations=20, length=3)
    assert np.abs(mean - expected) < ERRORS * error  # quadratic: smoothing is harmless
    assert error < 0.1 * np.abs(expected)


@pytest.mark.parametrize(
    "name", ["truncated backpropagation", "truncated ES", "mixture"]
)
def test_truncations_turn_the_gradient_of_what_does_not_remember(name):
    problem = Balancing()
    mean, error = mean_and_error(name, problem, 20, 3, repetitions=3)
    assert exact(problem, 60) > 200
    assert mean + 10 * error < 0


def test_estimators_agree_on_the_smooth_problem_with_several_truncations():
    expected = exact(Smooth(), 6)
    for name in ("persistent ES", "single ES"):
        mean, error = mean_and_error(name, Smooth(), truncations=3, length=2)
        assert (np.abs(mean - expected) < ERRORS * error + SIGMA**2).all()


@pytest.mark.parametrize("name", ["truncated ES", "persistent ES", "single ES"])
def test_several_pairs_are_as_many_samples_of_one_task(name):
    """Two pairs of three tasks, and one pair each of six, with the same noise."""
    two, theta = ESTIMATORS[name]._replace(pairs=2), Smooth.theta
    rng, found = np.random.default_rng(3), []
    noise = [[rng.standard_normal((3, 2, *x.shape)) for x in theta] for _ in range(2)]
    for estimator, shape in ((two, (3, 2)), (ESTIMATORS[name], (6, 1))):
        total, carried = 0.0, None
        for drawn in noise:
            drawn = tuple(x.reshape(*shape, *x.shape[2:]) for x in drawn)
            if carried is None:
                start = phi_of(np.tile(Smooth.initial, (shape[0], 1)))
                carried = estimator.begin(start, drawn)
            batch = TaskBatch(*(np.zeros((2, shape[0], 1), np.int32) for _ in range(3)))
            data = TruncationData((), (), batch, None, drawn)
            result = estimator(
                Smooth(), [*map(ops.convert_to_tensor, theta)], carried, data
            )
            carried = result.phi
            total = total + np.concatenate([np.ravel(x) for x in result.gradient])
        found.append(total)
    np.testing.assert_allclose(found[0], found[1], rtol=1e-9)


def test_formulas_of_one_sample():
    """PES in NumPy: two truncations of two steps, with perturbations of their own."""
    problem, samples = Smooth(), 3
    rng = np.random.default_rng(7)
    gradient, carried, _ = estimate(
        ESTIMATORS["persistent ES"], problem, 2, 2, samples, seed=7
    )
    states = [np.tile(problem.initial, (samples, 1)) for _ in range(2)]
    xi = [np.zeros((samples, *x.shape)) for x in problem.theta]
    total = [np.zeros(x.shape) for x in problem.theta]
    for _ in range(2):
        noise = [rng.standard_normal((samples, *x.shape)) for x in problem.theta]
        epsilon = [SIGMA * x for x in noise]
        xi = [x + e for x, e in zip(xi, epsilon, strict=True)]
        losses = np.zeros((2, samples))
        for side, sign in enumerate((1, -1)):
            theta = [x + sign * e for x, e in zip(problem.theta, epsilon, strict=True)]
            for _ in range(2):
                product = np.einsum("tij,tj->ti", theta[0], states[side])
                states[side] = np.sin(product + theta[1])
                losses[side] += np.mean((states[side] - 0.3) ** 2, axis=-1) / 2
        slope = (losses[0] - losses[1]) / (2 * SIGMA**2)
        for index, x in enumerate(xi):
            weights = slope.reshape(-1, *[1] * (x.ndim - 1))
            total[index] += 2 * np.mean(weights * x, axis=0)
    for found, expected in zip(gradient, total, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-9)
    assert isinstance(carried, Pair)
    for side, phi in enumerate((carried.positive[0], carried.negative[0])):
        np.testing.assert_allclose(phi.layers[0].kernel, states[side], rtol=1e-12)
    for found, expected in zip(carried.perturbation, xi, strict=True):
        np.testing.assert_allclose(found[:, 0], expected, rtol=1e-12)


@pytest.mark.parametrize("name", ESTIMATORS)
def test_every_task_is_clipped(name):
    estimator = ESTIMATORS[name]
    bounded = estimator._replace(clip_norm=1e-3)
    gradient, *_ = estimate(bounded, Smooth(), 1, 2, 4, seed=0)
    assert np.sqrt(sum(np.sum(x**2) for x in gradient)) <= 2e-3 * (1 + 1e-9)
    assert estimator.clip_norm == INFINITE


def test_the_mixture_follows_what_varies_less():
    """Every sample has the same gradient by backpropagation, so that it is taken."""
    mixed, *_ = estimate(ESTIMATORS["mixture"], Smooth(), 1, 3, 50, seed=0)
    alone, *_ = estimate(
        ESTIMATORS["truncated backpropagation"], Smooth(), 1, 3, 50, seed=0
    )
    for a, b in zip(mixed, alone, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9)


def test_both_backends_agree(tmp_path):
    pytest.importorskip("jax", reason="JAX is not installed")
    environment = {
        **os.environ,
        "KERAS_BACKEND": "jax",
        "JAX_ENABLE_X64": "1",
        "JAX_PLATFORMS": "cpu",
        "PYTHONPATH": str(ROOT),
    }
    path = tmp_path / "jax.npz"
    subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.meta.estimator_problems", path],
        env=environment,
        cwd=ROOT,
        check=True,
        timeout=300,
    )
    on_jax = np.load(path)
    for name, found in results().items():
        np.testing.assert_allclose(found, on_jax[name], rtol=1e-9, atol=1e-11)
