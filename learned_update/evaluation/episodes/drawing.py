"""Few-shot episodes: which examples are labelled, which are asked for."""

from typing import NamedTuple

import numpy as np

from learned_update.errors import invalid
from learned_update.randomness import generator


class Episodes(NamedTuple):
    """Examples of many few-shot problems, class by class.

    Row r of `support` has the label r // shots, row r of `query` r // queries: labels
    count the classes of the episode.

    Attributes:
        support: labelled examples, indices into the train part,
            `(episodes, ways * shots)`.
        query: examples to classify, indices into the test part,
            `(episodes, ways * queries)`.
        ways: classes of each episode.
    """

    support: np.ndarray
    query: np.ndarray
    ways: int

    @property
    def support_labels(self):
        """Labels of every episode's support, `(ways * shots,)`."""
        return np.repeat(np.arange(self.ways), self.support.shape[1] // self.ways)

    @property
    def query_labels(self):
        """Labels of every episode's query, `(ways * queries,)`."""
        return np.repeat(np.arange(self.ways), self.query.shape[1] // self.ways)


def draw_episodes(labels_train, labels_test, ways, shots, queries, episodes, seed):
    """Draws episodes; support from the train part, query from the test part.

    Within an episode no example is drawn twice.

    Args:
        labels_train: labels of the train part, `(examples,)`.
        labels_test: labels of the test part, `(examples,)`.
        ways: classes per episode, drawn anew for each among those of the train part.
        shots: labelled examples per class.
        queries: examples to classify per class.
        episodes: how many episodes.
        seed: seed of the draws.

    Returns:
        `Episodes`.

    Raises:
        ValueError: if there are too few classes, or too few examples of a class.
    """
    classes = np.unique(labels_train)
    if len(classes) < ways:
        raise invalid(
            "There are too few classes for an episode.",
            expected=f"at least ways={ways} classes in the train part",
            received=f"{len(classes)}",
            remedy="Lower `ways`.",
        )
    rng = generator(seed)
    support = _draw_per_class(labels_train, classes, shots, episodes, rng, "train")
    query = _draw_per_class(labels_test, classes, queries, episodes, rng, "test")
    order = np.argsort(rng.random((episodes, len(classes))), axis=1)[:, :ways, None]
    return Episodes(
        support=np.take_along_axis(support, order, axis=1).reshape(episodes, -1),
        query=np.take_along_axis(query, order, axis=1).reshape(episodes, -1),
        ways=ways,
    )


def _draw_per_class(labels, classes, count, episodes, rng, part):
    """`count` different examples of each class, `(episodes, classes, count)`."""
    draws = []
    for label in classes:
        examples = np.flatnonzero(np.asarray(labels) == label)
        if len(examples) < count:
            raise invalid(
                f"Class {label} has too few examples in the {part} part.",
                expected=f"at least {count}, which each episode takes",
                received=f"{len(examples)}",
                remedy="Lower `shots` or `queries`, change `train_fraction`, or give "
                "more examples.",
            )
        order = np.argsort(rng.random((episodes, len(examples))), axis=1)
        draws.append(examples[order[:, :count]])
    return np.stack(draws, axis=1)
