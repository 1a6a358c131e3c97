"""Oja's rule and the layers that it trains."""

import numpy as np
import pytest

from learned_update.baselines import Hebbian
from learned_update.baselines.unsupervised.hebbian import (
    decorrelation,
    oja_step,
    orthogonal,
    symmetric_whitening,
)
from learned_update.layers import BaseMLP

RNG = np.random.default_rng(0)
SCALES = np.array([3.0, 2.5, 2.0, 0.5, 0.4, 0.3, 0.2, 0.1])
AXES = orthogonal(np.random.default_rng(1), 8, 8)
GAUSSIAN = (RNG.normal(size=(400, 8)) * SCALES) @ AXES.T + 5.0


def test_oja_step_unit_by_unit():
    kernel, x = RNG.normal(size=(4, 3)), RNG.normal(size=(5, 4))
    expected = kernel.copy()
    for row in x:
        y = kernel.T @ row
        for unit in range(3):
            rebuilt = sum(kernel[:, other] * y[other] for other in range(3))
            expected[:, unit] += 0.1 / 5 * y[unit] * (row - rebuilt)
    np.testing.assert_allclose(oja_step(kernel, x, 0.1), expected, rtol=1e-12)


def test_oja_subspace_is_that_of_the_principal_components():
    layer = Hebbian(BaseMLP((3,)), seed=0, steps=400).fit(GAUSSIAN).layers[0]
    # Rows arrive as float32.
    np.testing.assert_allclose(layer.mean, GAUSSIAN.mean(axis=0), rtol=1e-6)
    principal = np.linalg.svd(GAUSSIAN - GAUSSIAN.mean(axis=0))[2][:3].T
    np.testing.assert_allclose(layer.kernel.T @ layer.kernel, np.eye(3), atol=0.01)
    np.testing.assert_allclose(
        layer.kernel @ layer.kernel.T, principal @ principal.T, atol=0.02
    )


def test_whitening_without_shrinkage_leaves_the_identity_as_covariance():
    y = GAUSSIAN - GAUSSIAN.mean(axis=0)
    for whitened in (y @ symmetric_whitening(y, 1e-12), y @ decorrelation(y, 1e-12)):
        np.testing.assert_allclose(whitened.T @ whitened / 400, np.eye(8), atol=1e-6)


def test_decorrelation_keeps_correlation_that_is_shrunk_and_scales_to_one():
    y = GAUSSIAN - GAUSSIAN.mean(axis=0)
    scaled = y @ decorrelation(y, 1e12)
    np.testing.assert_allclose(np.cov(scaled.T, bias=True), np.corrcoef(y.T), atol=1e-6)


def test_orthonormal_columns_or_rows():
    tall, wide = orthogonal(RNG, 5, 3), orthogonal(RNG, 3, 5)
    np.testing.assert_allclose(tall.T @ tall, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(wide @ wide.T, np.eye(3), atol=1e-12)


def test_layers_follow_each_other():
    hebbian = Hebbian(BaseMLP((10, 4)), seed=0, steps=20, offset=0.5).fit(GAUSSIAN)
    x = GAUSSIAN[:7].astype("float32")
    expected = x
    for layer in hebbian.layers:
        z = (expected - layer.mean) @ layer.kernel @ layer.decorrelation + 0.5
        expected = np.maximum(z, 0.0)
    features = hebbian.embed(x)
    assert features.dtype == np.float32
    np.testing.assert_allclose(features, expected, rtol=1e-5, atol=1e-6)
    # mean, kernel, decorrelation and offset of both layers
    assert hebbian.parameters == (8 + 80 + 100 + 10) + (10 + 40 + 16 + 4)
    assert hebbian.seconds > 0


@pytest.mark.parametrize(
    ("pixels", "message"),
    [
        (GAUSSIAN[:1], "too few examples"),
        (np.full((4, 8), np.inf), "not finite.*32 NaN or infinite of 32"),
        (np.ones((4, 8)), "All rows of x are equal"),
    ],
    ids=["one row", "infinite", "equal"],
)
def test_bad_examples_are_errors(pixels, message):
    with pytest.raises(ValueError, match=message):
        Hebbian(BaseMLP((3,)), seed=0).fit(pixels)


def test_no_shrinkage_is_an_error():
    with pytest.raises(ValueError, match=r"this shrinkage.*positive.*shrinkage=0"):
        Hebbian(BaseMLP((3,)), seed=0, shrinkage=0)
