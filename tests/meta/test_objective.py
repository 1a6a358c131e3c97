"""The meta-objective: options beside the golden ones, and errors."""

import numpy as np
import pytest

import learned_update as lu
from learned_update.meta.objective import meta_objective

RNG = np.random.default_rng(0)
SUPPORT, QUERY = RNG.normal(size=(2, 12, 5))
TARGETS = np.repeat(np.eye(3), 4, axis=0)


def ridge(features, targets, penalty):
    """Weights and intercept, by an explicit inverse."""
    design = np.concatenate([features, np.ones((len(features), 1))], axis=1)
    regular = penalty * np.diag([1.0] * features.shape[1] + [0.0])
    return np.linalg.inv(design.T @ design + regular) @ design.T @ targets


def predict(weights, features):
    return features @ weights[:-1] + weights[-1]


def test_cosine_distance_with_scaled_ridge():
    loss, metrics = lu.meta_objective(
        SUPPORT, TARGETS, QUERY, TARGETS, ridge=0.2, loss="cosine", scale_ridge=True
    )
    y = TARGETS - TARGETS.mean()
    y = y / np.sqrt(np.mean(np.sum(y**2, axis=1)))
    weights = ridge(SUPPORT, y, 0.2 * 12 * np.mean(SUPPORT**2))
    p = predict(weights, QUERY)
    norms = np.linalg.norm(p, axis=1) * np.linalg.norm(y, axis=1)
    np.testing.assert_allclose(loss, 1 - np.mean(np.sum(p * y, axis=1) / norms))
    np.testing.assert_allclose(metrics["ridge_weights"], weights, atol=1e-12)
    hits = np.argmax(p, axis=1) == np.argmax(TARGETS, axis=1)
    assert float(metrics["query_accuracy"]) == hits.mean()


def test_scaled_ridge_does_not_see_the_scale_of_features():
    losses = [
        lu.meta_objective(
            scale * SUPPORT, TARGETS, scale * QUERY, TARGETS, scale_ridge=True
        )[1]["query_loss"]
        for scale in (1.0, 100.0)
    ]
    np.testing.assert_allclose(*losses, rtol=1e-9)


def test_extra_regression_targets():
    support_y, query_y = RNG.normal(size=(2, 12, 2))
    plain, _ = meta_objective(SUPPORT, TARGETS, QUERY, TARGETS)
    loss, metrics = meta_objective(
        SUPPORT,
        TARGETS,
        QUERY,
        TARGETS,
        support_regression=support_y,
        query_regression=query_y,
        regression_weight=0.3,
    )
    mean, deviation = support_y.mean(0), support_y.std(0)
    weights = ridge(SUPPORT, (support_y - mean) / deviation, 0.1)
    error = np.mean((predict(weights, QUERY) - (query_y - mean) / deviation) ** 2)
    np.testing.assert_allclose(metrics["regression_loss"], error, rtol=1e-9)
    np.testing.assert_allclose(loss, plain + 0.3 * error, rtol=1e-9)


def test_equal_features_tell_nothing_and_give_finite_losses():
    zeros = np.zeros((12, 5))
    loss, metrics = meta_objective(
        zeros, TARGETS, zeros, TARGETS, loss="cosine", scale_ridge=True
    )
    assert np.isfinite(loss)
    assert float(metrics["query_accuracy"]) <= 1 / 3


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((SUPPORT, TARGETS[:5], QUERY, TARGETS), {}, "of the support do not fit"),
        ((SUPPORT, TARGETS, QUERY[:, :2], TARGETS), {}, "Support and query do not"),
        ((SUPPORT * np.nan, TARGETS, QUERY, TARGETS), {}, "support_features holds"),
        ((SUPPORT, TARGETS, QUERY, TARGETS), {"loss": "hing"}, "loss='hing'"),
        (
            (SUPPORT, TARGETS * [1, 1, 0], QUERY, TARGETS),
            {},
            r"no support example.*class\(es\) \[2\]",
        ),
    ],
    ids=["rows", "features", "nan", "loss", "empty class"],
)
def test_bad_arguments_are_refused(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        lu.meta_objective(*arguments, **options)
