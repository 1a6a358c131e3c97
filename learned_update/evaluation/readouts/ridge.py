"""Ridge regression on few labels, its strength chosen on those labels alone."""

from typing import NamedTuple

import numpy as np

from learned_update.errors import invalid

# Penalties per support example, for features of mean square 1.
STRENGTHS = tuple(10.0 ** (power / 2) for power in range(-8, 5))


class Readout(NamedTuple):
    """A linear map from features to one score per class.

    Attributes:
        kernel: `(..., features, classes)`.
        offset: `(..., 1, classes)`.
        strength: the penalty that was chosen, per support example, `(...)`.
    """

    kernel: np.ndarray
    offset: np.ndarray
    strength: np.ndarray


def leave_one_out_residuals(left, singular_values, targets, penalty):
    """What each example's prediction misses when it is left out of the fit.

    Ridge regression with an intercept that is not penalised, in closed form from
    the singular value decomposition U S V^T of the centred features:

        H = 1/n + U diag(s^2 / (s^2 + penalty)) U^T
        residual_i = (y_i - (H y)_i) / (1 - H_ii)

    Args:
        left: U, `(..., examples, rank)`.
        singular_values: s, `(..., rank)`.
        targets: y with mean zero over the examples, `(..., examples, outputs)`.
        penalty: added to s^2, positive, `(...)` or a number.

    Returns:
        Residuals, `(..., examples, outputs)`.
    """
    squares = np.square(singular_values)
    shrunk = left * (squares / (squares + np.expand_dims(penalty, -1)))[..., None, :]
    fitted = shrunk @ (np.swapaxes(left, -1, -2) @ targets)
    leverage = np.sum(shrunk * left, axis=-1) + 1.0 / left.shape[-2]
    return (targets - fitted) / (1.0 - leverage)[..., None]


def fit_readout(features, targets, strengths=STRENGTHS):
    """Fits a ridge regression with the strength that leave-one-out likes best.

    The features are centred and divided by one number, their root mean square r, so
    that the read-out does not change when they are rotated or scaled:

        penalty = strength * examples * r^2
        kernel = (X^T X + penalty I)^-1 X^T Y, X and Y centred

    The strength with the least sum of squared leave-one-out residuals on these very
    examples is taken; no others are looked at.

    Args:
        features: `(..., examples, features)`; leading axes hold independent fits.
        targets: `(..., examples, outputs)`, or without the leading axes.
        strengths: candidates, per example and for features of mean square 1.

    Returns:
        A `Readout` for the features as they were given.

    Raises:
        ValueError: if a feature is not finite or there is only one example.
    """
    features = np.asarray(features, np.float64)
    if features.shape[-2] < 2:
        raise invalid(
            "No example can be left out of one.",
            expected="at least 2 support examples",
            received=f"features of shape {features.shape}",
            remedy="Label more examples.",
        )
    if not np.all(np.isfinite(features)):
        count = np.count_nonzero(~np.isfinite(features))
        raise invalid(
            "The features of the support are not finite.",
            expected="finite numbers",
            received=f"{count} NaN or infinite of {features.size}",
            remedy="Did the inner loop diverge? Look at phi, or take fewer steps.",
        )
    targets = np.broadcast_to(
        np.asarray(targets, np.float64), features.shape[:-1] + np.shape(targets)[-1:]
    )
    feature_mean = np.mean(features, axis=-2, keepdims=True)
    target_mean = np.mean(targets, axis=-2, keepdims=True)
    targets = targets - target_mean
    scale = _root_mean_square(features - feature_mean)
    left, singular_values, right = np.linalg.svd(
        (features - feature_mean) / scale, full_matrices=False
    )
    examples = features.shape[-2]
    penalties = examples * np.asarray(strengths, np.float64)
    errors = np.stack(
        [
            np.sum(
                leave_one_out_residuals(left, singular_values, targets, penalty) ** 2,
                axis=(-2, -1),
            )
            for penalty in penalties
        ]
    )  # (strengths, ...)
    penalty = penalties[np.argmin(errors, axis=0)][..., None]  # (..., 1)
    gain = singular_values / (singular_values**2 + penalty)
    coefficients = gain[..., None] * (np.swapaxes(left, -1, -2) @ targets)
    kernel = np.swapaxes(right, -1, -2) @ coefficients / scale
    return Readout(
        kernel=kernel,
        offset=target_mean - feature_mean @ kernel,
        strength=penalty[..., 0] / examples,
    )


def predict(readout, features):
    """Scores `(..., examples, classes)`: features kernel + offset."""
    return np.asarray(features, np.float64) @ readout.kernel + readout.offset


def _root_mean_square(features):
    """Per fit, `(..., 1, 1)`; 1 where all features are zero."""
    mean_square = np.mean(np.square(features), axis=(-2, -1), keepdims=True)
    return np.sqrt(np.where(mean_square > 0.0, mean_square, 1.0))
