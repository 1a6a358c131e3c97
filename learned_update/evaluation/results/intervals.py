"""Means over initialisations and episodes, and how sure of them we are.

Episodes of one initialisation share its phi, its classes and its split into train
and test part, so they are not independent: more episodes do not make up for few
initialisations. Hence the initialisation is the unit. With m_i the mean over the
episodes of initialisation i, of which there are S,

    mean = mean_i m_i
    v = sum_i (m_i - mean)^2 / (S (S - 1))
    half-width = t(S - 1, 0.975) sqrt(v)

The spread of the m_i holds both sources of variation, var(initialisations) +
var(episodes) / episodes, so that nothing has to be added for the second level.

For a mean over K data sets, whose initialisations are drawn independently,

    mean = mean_k mean_k,   half-width = t(f, 0.975) sqrt(sum_k v_k) / K
    f = (S - 1) (sum_k v_k)^2 / sum_k v_k^2          (Welch and Satterthwaite)

What is generalised to: other initialisations, draws of classes, splits and episodes
of these data sets with this theta; not other data sets, and not another run of
meta-training.

With fixed episodes all S initialisations share the same E episodes, and neither axis
is nested in the other. With a_i the means of the initialisations, b_j those of the
episodes and r_ij = score_ij - a_i - b_j + mean what neither explains,

    A = sum_i (a_i - mean)^2 / (S (S - 1)),   B = sum_j (b_j - mean)^2 / (E (E - 1))
    R = sum_ij r_ij^2 / (S (S - 1) E (E - 1))
    v = max(A, B, A + B - R),   f = (A + B)^2 / (A^2 / (S - 1) + B^2 / (E - 1))
    half-width = t(f, 0.975) sqrt(v)

A and B both hold the residual, so R is taken off once; v estimates
var(initialisations) / S + var(episodes) / E + var(residual) / (S E).
"""

from typing import NamedTuple

import numpy as np
from scipy import stats

from learned_update.errors import invalid


class Estimate(NamedTuple):
    """A mean and its interval, mean - half_width to mean + half_width.

    Attributes:
        mean: over data sets, initialisations and episodes.
        half_width: of the interval; NaN for a single initialisation, of which
            no spread can be seen.
    """

    mean: float
    half_width: float


def interval(scores, confidence=0.95):
    """Mean and t interval over initialisations (formulas at the top of this file).

    Args:
        scores: `(initialisations, episodes)`, or `(data sets, initialisations,
            episodes)` for a mean over data sets.
        confidence: probability that the interval covers the true mean.

    Returns:
        `Estimate`.

    Raises:
        ValueError: if the scores do not have two or three axes.
    """
    scores = np.asarray(scores, np.float64)
    if scores.ndim not in (2, 3) or scores.size == 0:
        raise invalid(
            "These scores have no axis of initialisations and one of episodes.",
            expected="shape (initialisations, episodes), or that per data set",
            received=f"shape {scores.shape}",
            remedy="Stack the episodes of each initialisation as a row.",
        )
    means = np.atleast_2d(np.mean(scores, axis=-1))  # (data sets, initialisations)
    sets, count = means.shape
    if count == 1:
        return Estimate(float(np.mean(means)), float("nan"))
    variances = np.var(means, axis=1, ddof=1) / count  # (data sets,)
    total = np.sum(variances)
    if total == 0.0:
        return Estimate(float(np.mean(means)), 0.0)
    shares = variances / total
    freedom = (count - 1) / np.sum(shares**2)
    quantile = stats.t.ppf(0.5 + confidence / 2, freedom)
    return Estimate(float(np.mean(means)), float(quantile * np.sqrt(total) / sets))


def crossed_interval(scores, confidence=0.95):
    """Mean and interval where initialisations share their episodes (top of this file).

    Args:
        scores: `(initialisations, episodes)`; a method without a seed has equal rows.
        confidence: probability that the interval covers the true mean.

    Returns:
        `Estimate`; the half-width is NaN for a single initialisation or episode.

    Raises:
        ValueError: if the scores do not have two axes.
    """
    scores = np.asarray(scores, np.float64)
    if scores.ndim != 2 or scores.size == 0:
        raise invalid(
            "These scores have no axis of initialisations and one of episodes.",
            expected="shape (initialisations, episodes)",
            received=f"shape {scores.shape}",
            remedy="Stack the episodes of each initialisation as a row.",
        )
    mean = float(np.mean(scores))
    if 1 in scores.shape:
        return Estimate(mean, float("nan"))
    of_initialisations, of_episodes = (
        np.mean(scores, axis=axis, keepdims=True) for axis in (1, 0)
    )
    first, second = (
        np.var(means, ddof=1) / means.size
        for means in (of_initialisations, of_episodes)
    )
    if first + second == 0.0:
        return Estimate(mean, 0.0)
    residual = scores - of_initialisations - of_episodes + mean
    freedoms = np.subtract(scores.shape, 1)
    shared = np.sum(residual**2) / (np.prod(freedoms) * scores.size)
    variance = max(first, second, first + second - shared)
    freedom = (first + second) ** 2 / np.sum(np.square((first, second)) / freedoms)
    quantile = stats.t.ppf(0.5 + confidence / 2, freedom)
    return Estimate(mean, float(quantile * np.sqrt(variance)))


def paired_interval(scores, others, confidence=0.95):
    """Interval of a difference on the same initialisations and episodes.

    The differences are taken episode by episode, then `interval` is applied to them:
    what makes an initialisation or an episode hard for both methods cancels.

    Args:
        scores: as for `interval`.
        others: what is subtracted, of the same shape and in the same order.
        confidence: probability that the interval covers the true difference.

    Returns:
        `Estimate` of mean(scores - others).

    Raises:
        ValueError: if the shapes differ.
    """
    if np.shape(scores) != np.shape(others):
        raise invalid(
            "These scores can not be paired.",
            expected="the same initialisations and episodes for both",
            received=f"shapes {np.shape(scores)} and {np.shape(others)}",
            remedy="Score both methods on the same trials.",
        )
    return interval(np.subtract(scores, others), confidence)
