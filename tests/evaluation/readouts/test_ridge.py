"""The read-out against brute force."""

import numpy as np
import pytest

from learned_update.evaluation.readouts.ridge import (
    STRENGTHS,
    fit_readout,
    leave_one_out_residuals,
    predict,
)

WAYS, SHOTS = 3, 5
EXAMPLES = WAYS * SHOTS
TARGETS = np.eye(WAYS)[np.repeat(np.arange(WAYS), SHOTS)]


def support(features, seed=0):
    rng = np.random.default_rng(seed)
    return (
        3.0
        + rng.normal(size=(EXAMPLES, features))
        + 2 * TARGETS @ rng.normal(size=(WAYS, features))
    )


def ridge(features, targets, penalty):
    """Kernel and offset from the normal equations, offset not penalised."""
    design = np.hstack([features, np.ones((len(features), 1))])
    penalties = np.diag([penalty] * features.shape[1] + [0.0])
    solution = np.linalg.solve(design.T @ design + penalties, design.T @ targets)
    return solution[:-1], solution[-1]


def left_out_residuals(features, targets, penalty):
    """Fits as many times as there are examples, each time without one."""
    residuals = np.zeros_like(targets)
    for row in range(len(features)):
        kept = np.arange(len(features)) != row
        kernel, offset = ridge(features[kept], targets[kept], penalty)
        residuals[row] = targets[row] - features[row] @ kernel - offset
    return residuals


def penalty_of(features, strength):
    centred = features - features.mean(axis=0)
    return strength * len(features) * np.mean(centred**2)


@pytest.mark.parametrize("features", [4, 40], ids=["few features", "many features"])
@pytest.mark.parametrize("penalty", [0.01, 1.0, 100.0])
def test_leave_one_out_is_refitting_without_the_example(features, penalty):
    x = support(features)
    left, singular_values, _ = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)
    actual = leave_one_out_residuals(
        left, singular_values, TARGETS - TARGETS.mean(axis=0), penalty
    )
    np.testing.assert_allclose(
        actual, left_out_residuals(x, TARGETS, penalty), rtol=1e-6, atol=1e-9
    )


@pytest.mark.parametrize("features", [4, 40], ids=["few features", "many features"])
def test_fit_is_ridge_with_the_strength_that_brute_force_picks(features):
    x, query = support(features), support(features, seed=1)
    errors = [
        np.sum(left_out_residuals(x, TARGETS, penalty_of(x, strength)) ** 2)
        for strength in STRENGTHS
    ]
    best = STRENGTHS[int(np.argmin(errors))]
    kernel, offset = ridge(x, TARGETS, penalty_of(x, best))
    readout = fit_readout(x, TARGETS)
    np.testing.assert_allclose(readout.strength, best)
    np.testing.assert_allclose(readout.kernel, kernel, rtol=1e-6, atol=1e-10)
    np.testing.assert_allclose(
        predict(readout, query), query @ kernel + offset, rtol=1e-6, atol=1e-9
    )


def test_rotation_scale_and_shift_of_the_features_change_nothing():
    x, query = support(6), support(6, seed=1)
    rotation = np.linalg.qr(np.random.default_rng(2).normal(size=(6, 6)))[0]
    expected = predict(fit_readout(x, TARGETS), query)
    actual = predict(
        fit_readout(50 * x @ rotation + 7, TARGETS), 50 * query @ rotation + 7
    )
    np.testing.assert_allclose(actual, expected, atol=1e-9)


def test_several_fits_at_once_are_each_by_itself():
    x = np.stack([support(5, seed) for seed in range(4)])
    together = fit_readout(x, TARGETS)
    for number, features in enumerate(x):
        alone = fit_readout(features, TARGETS)
        np.testing.assert_allclose(together.kernel[number], alone.kernel, atol=1e-12)
        np.testing.assert_allclose(together.offset[number], alone.offset, atol=1e-12)
        assert together.strength[number] == alone.strength


def test_features_that_say_nothing_predict_the_mean_target():
    readout = fit_readout(np.ones((EXAMPLES, 4)), TARGETS)
    np.testing.assert_allclose(predict(readout, np.ones((2, 4))), 1 / WAYS)


def test_features_that_are_not_finite_are_an_error():
    x = support(4)
    x[0, 1] = np.nan
    with pytest.raises(ValueError, match=r"not finite.*1 NaN or infinite of 60"):
        fit_readout(x, TARGETS)


def test_one_example_is_an_error():
    with pytest.raises(ValueError, match=r"at least 2 support examples.*\(1, 4\)"):
        fit_readout(np.ones((1, 4)), TARGETS[:1])
