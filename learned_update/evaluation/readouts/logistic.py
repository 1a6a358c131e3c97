"""Logistic regression on few labels, its strength chosen on those labels alone."""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from learned_update.errors import invalid

# C of scikit-learn, for features of mean square 1.
STRENGTHS = tuple(10.0**power for power in range(-4, 3))
ONLY_STRENGTH = 1.0  # scikit-learn's default, where no label can be left out
FOLDS = 5
ITERATIONS = 1000  # at most; 20 to 100 are usual
TINY = 1e-12  # least probability that a logarithm is taken of


def fit_logistic(features, labels, strengths=STRENGTHS, folds=FOLDS):
    """Fits a logistic regression with the strength that cross-validation likes best.

    The strength with the least mean log-loss on left-out folds of these very examples
    is taken, the weaker regression of none; no others are looked at. With one example
    of a class none can be left out: `ONLY_STRENGTH`.

    Args:
        features: `(examples, features)`, of mean square about 1.
        labels: class of each example, `(examples,)`.
        strengths: candidates for C, smaller ones regularise more.
        folds: of the cross-validation; at most as many as a class has examples.

    Returns:
        A fitted `LogisticRegression`.

    Raises:
        ValueError: if a feature is not finite.
    """
    if not np.all(np.isfinite(features)):
        raise invalid(
            "The features of the support are not finite.",
            expected="finite numbers",
            received=f"{np.count_nonzero(~np.isfinite(features))} NaN or infinite",
            remedy="Did the inner loop diverge? Look at phi, or take fewer steps.",
        )
    strength = chosen_strength(features, labels, strengths, folds)
    return _model(strength).fit(features, labels)


def chosen_strength(features, labels, strengths=STRENGTHS, folds=FOLDS):
    """The strength with the least log-loss on left-out folds, the least such."""
    folds = min(folds, np.min(np.unique(labels, return_counts=True)[1]))
    if folds < 2:
        return ONLY_STRENGTH
    parts = list(StratifiedKFold(folds).split(features, labels))
    losses = [
        sum(_loss(strength, features, labels, *part) for part in parts)
        for strength in strengths
    ]
    return strengths[int(np.argmin(losses))]


def _loss(strength, features, labels, kept, left_out):
    """Sum of the log-losses of the examples that were left out of the fit."""
    model = _model(strength).fit(features[kept], labels[kept])
    probabilities = model.predict_proba(features[left_out])
    columns = np.searchsorted(model.classes_, labels[left_out])
    picked = np.take_along_axis(probabilities, columns[:, None], axis=1)
    return -np.sum(np.log(np.maximum(picked, TINY)))


def _model(strength):
    return LogisticRegression(C=strength, max_iter=ITERATIONS)
