"""Few-shot accuracy of features, on the same episodes at every stage."""

from typing import NamedTuple

import numpy as np

from learned_update.data.dataset import UNLABELLED
from learned_update.evaluation.episodes.drawing import Episodes, draw_episodes
from learned_update.evaluation.few_shot.scores import accuracy
from learned_update.randomness import generator

MOST_SHOTS, MOST_QUERIES, EPISODES = 10, 20, 10
MOST_WAYS = 20


class FewLabels(NamedTuple):
    """Episodes, and the rows of a data set that they are drawn from.

    Attributes:
        support_rows: of the data set, which `episodes.support` indexes.
        query_rows: likewise.
        episodes: `Episodes`.
        shots: labels per class.
    """

    support_rows: np.ndarray
    query_rows: np.ndarray
    episodes: Episodes
    shots: int

    def accuracy(self, features):
        """Mean share of queries that a ridge read-out gets right.

        Args:
            features: of all rows that episodes are drawn from, `(rows, features)`.
        """
        shares = accuracy(
            features[self.support_rows], features[self.query_rows], self.episodes
        )
        return float(np.mean(shares))


def few_labels(labels, seed):
    """Episodes of the classes that occur at least twice; None where there are not two.

    Half of each class may be asked for, the other half is labelled: up to `MOST_SHOTS`
    of it per class and `MOST_QUERIES` queries, as many for each class.

    Args:
        labels: of the rows, `(rows,)`, `UNLABELLED` where there is none; or None.
        seed: of the draws.

    Returns:
        `FewLabels` or None.
    """
    if labels is None:
        return None
    support, query = [], []
    for label in np.unique(labels[labels != UNLABELLED]):
        rows = generator(seed, int(label)).permutation(np.flatnonzero(labels == label))
        if len(rows) > 1:
            support.append(rows[: len(rows) // 2])
            query.append(rows[len(rows) // 2 :])
    if len(support) < 2:
        return None
    shots = min(MOST_SHOTS, *map(len, support))
    queries = min(MOST_QUERIES, *map(len, query))
    support_rows, query_rows = np.concatenate(support), np.concatenate(query)
    episodes = draw_episodes(
        labels[support_rows],
        labels[query_rows],
        min(MOST_WAYS, len(support)),
        shots,
        queries,
        EPISODES,
        seed,
    )
    return FewLabels(support_rows, query_rows, episodes, shots)
