"""Logistic regression: cross-validation by hand, on the support alone."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from learned_update.evaluation.readouts.logistic import (
    ONLY_STRENGTH,
    chosen_strength,
    fit_logistic,
)

STRENGTHS = (0.001, 0.1, 10.0)
LABELS = np.repeat([2, 5, 7], 4)


def features(separation, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(12, 5)) + separation * np.eye(8)[LABELS][:, [2, 5, 7, 0, 1]]


def log_loss(strength, x):
    """Fold k of 4 leaves out the k-th example of each class."""
    total = 0.0
    for fold in range(4):
        left_out = np.arange(12) % 4 == fold
        model = LogisticRegression(C=strength, max_iter=1000)
        model.fit(x[~left_out], LABELS[~left_out])
        total -= np.sum(np.diag(model.predict_log_proba(x[left_out])))
    return total


@pytest.mark.parametrize(("separation", "expected"), [(0.0, 0.001), (8.0, 10.0)])
def test_the_strength_is_that_of_the_least_left_out_loss(separation, expected):
    x = features(separation)
    losses = [log_loss(strength, x) for strength in STRENGTHS]
    assert STRENGTHS[int(np.argmin(losses))] == expected
    assert chosen_strength(x, LABELS, STRENGTHS) == expected
    model = fit_logistic(x, LABELS, STRENGTHS)
    by_hand = LogisticRegression(C=expected, max_iter=1000).fit(x, LABELS)
    np.testing.assert_array_equal(model.coef_, by_hand.coef_)


def test_one_example_of_a_class_leaves_no_choice():
    assert chosen_strength(features(1.0)[::4], LABELS[::4], STRENGTHS) == ONLY_STRENGTH


def test_features_that_are_not_finite_are_an_error():
    x = features(1.0)
    x[3, 1] = np.nan
    with pytest.raises(ValueError, match=r"support are not finite.*1 NaN or infinite"):
        fit_logistic(x, LABELS)
