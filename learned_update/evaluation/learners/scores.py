"""Accuracy of a learner on fixed episodes, with the interval of its mean."""

import time
from typing import NamedTuple

import numpy as np

from learned_update.evaluation.learners.episode_sets import fixed_episodes
from learned_update.evaluation.results.intervals import Estimate, interval
from learned_update.progress import Progress


class LearnerScore(NamedTuple):
    """What a learner is worth.

    Attributes:
        accuracies: of each episode's query, `(episodes,)`.
        seconds: of adapting to a support and classifying its query, median.
    """

    accuracies: np.ndarray
    seconds: float

    @property
    def estimate(self):
        """Mean accuracy and half-width of its 95 % interval over episodes.

        Episodes are drawn independently; what is generalised to is other episodes of
        the same classes by the same trained learner, not another meta-training.
        """
        return accuracy_estimate(self.accuracies)


def accuracy_estimate(accuracies):
    """`Estimate` of the mean of independent episodes, `(episodes,)`."""
    return Estimate(*interval(np.reshape(accuracies, (-1, 1))))


def score_learner(learner, episodes, fixed, progress=None, clock=time.perf_counter):
    """Accuracies of a learner on the episodes of a set.

    Args:
        learner: `Learner` that is fitted.
        episodes: `EpisodeDistribution` that the set was drawn from.
        fixed: `EpisodeSet`.
        progress: whether to show a bar; None shows it on a terminal.
        clock: what tells the seconds.

    Returns:
        `LearnerScore`.
    """
    accuracies, seconds = [], []
    with Progress(len(fixed.classes), "episodes", enabled=progress) as bar:
        for episode in fixed_episodes(fixed, episodes):
            begun = clock()
            found = learner.predict(
                episode.support_x, episode.support_y, episode.query_x
            )
            seconds.append(clock() - begun)
            accuracies.append(np.mean(np.argmax(found, axis=1) == episode.query_y))
            bar.update(accuracy=np.mean(accuracies))
    return LearnerScore(np.array(accuracies), float(np.median(seconds)))
