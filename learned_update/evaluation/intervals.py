"""Means over initialisations and episodes, and how sure of them we are.

Episodes of one initialisation share its phi, its classes and its split into train
and test part, so they are not independent: more episodes do not make up for few
initialisations. Hence the initialisation is the unit. With m_i the mean over the
episodes of initialisation i, of which there are S,

    mean = mean_i m_i
    half-width = t(S - 1, 0.975) sqrt(sum_i (m_i - mean)^2 / (S (S - 1)))

The spread of the m_i holds both sources of variation, var(initialisations) +
var(episodes) / episodes, so that nothing has to be added for the second level.
What is generalised to: other initialisations, classes drawn, splits and episodes
of the same data sets. A mean over several data sets is taken first, per
initialisation and episode; the interval is then about these very data sets.
"""

from typing import NamedTuple

import numpy as np
from scipy import stats

from learned_update.errors import invalid


class Estimate(NamedTuple):
    """A mean and its interval, mean - half_width to mean + half_width.

    Attributes:
        mean: over initialisations and episodes.
        half_width: of the interval; NaN for a single initialisation, of which
            no spread can be seen.
    """

    mean: float
    half_width: float


def interval(scores, confidence=0.95):
    """Mean and cluster-robust t interval (formula at the top of this file).

    Args:
        scores: `(initialisations, episodes)`.
        confidence: probability that the interval covers the true mean.

    Returns:
        `Estimate`.

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
    means = np.mean(scores, axis=1)  # (initialisations,)
    count = len(means)
    if count == 1:
        return Estimate(float(means[0]), float("nan"))
    standard_error = np.std(means, ddof=1) / np.sqrt(count)
    quantile = stats.t.ppf(0.5 + confidence / 2, count - 1)
    return Estimate(float(np.mean(means)), float(quantile * standard_error))


def paired_interval(scores, others, confidence=0.95):
    """Interval of a difference on the same initialisations and episodes.

    The differences are taken episode by episode, then `interval` is applied to them:
    what makes an episode hard for both methods cancels.

    Args:
        scores: `(initialisations, episodes)`.
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
