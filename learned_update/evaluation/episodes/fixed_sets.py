"""Fixed few-shot episodes of a data set that comes in a train and a test split."""

import hashlib
import zlib
from typing import NamedTuple

import numpy as np

from learned_update.errors import invalid
from learned_update.randomness import generator

_CLASSES, _SUPPORT, _QUERY = range(3)  # what is drawn


class Labels(NamedTuple):
    """The labels of a split, as far as they tell whether others are the same.

    Attributes:
        examples: how many.
        sha256: of the labels in their order, as little-endian int32.
    """

    examples: int
    sha256: str


class EpisodeSet(NamedTuple):
    """Which examples are labelled, which are asked for; independent of image sizes.

    Attributes:
        dataset: name of the data set.
        seed: of the draws.
        classes: those of each episode, ascending, `(episodes, ways)`.
        support: labelled examples, indices into the train split, class by class,
            `(episodes, ways, shots)`.
        query: examples to classify, indices into the test split, class by class,
            `(episodes, ways, queries)`; None for every test example of the classes.
        train: `Labels` of the train split.
        test: `Labels` of the test split.
    """

    dataset: str
    seed: int
    classes: np.ndarray
    support: np.ndarray
    query: np.ndarray | None
    train: Labels
    test: Labels

    def __str__(self):
        episodes, ways, shots = self.support.shape
        queries = (
            "all test examples"
            if self.query is None
            else f"{self.query.shape[-1]} test examples per class"
        )
        return (
            f"{episodes} fixed episodes, {ways}-way, {shots} labels per class of the "
            f"train split, {queries} as queries"
        )

    def first(self, count):
        """The first `count` episodes, or all if there are fewer."""
        query = None if self.query is None else self.query[:count]
        return self._replace(
            classes=self.classes[:count], support=self.support[:count], query=query
        )


def labels_of(labels):
    """`Labels` of a split, from labels of shape `(examples,)`."""
    data = np.ascontiguousarray(labels, "<i4").tobytes()
    return Labels(len(labels), hashlib.sha256(data).hexdigest())


def draw_episode_set(
    dataset,
    labels_train,
    labels_test,
    ways=10,
    shots=10,
    queries=None,
    episodes=10,
    seed=0,
):
    """Draws episodes; support from the train split, query from the test split.

    Philox's raw integers are sorted, which NumPy promises to keep: the same episodes
    on every machine. The first episodes do not depend on how many are drawn.

    Args:
        dataset: name of the data set, a part of the seed.
        labels_train: labels of the train split, `(examples,)`.
        labels_test: labels of the test split, `(examples,)`.
        ways: classes per episode.
        shots: labelled examples per class.
        queries: examples to classify per class; None takes all test examples of the
            episode's classes.
        episodes: how many episodes.
        seed: integer of at least 0.

    Returns:
        `EpisodeSet`.

    Raises:
        ValueError: if there are too few classes or examples, or a number is below 1.
    """
    for name, number in (("ways", ways), ("shots", shots), ("episodes", episodes)):
        _check_positive(name, number)
    names = np.unique(labels_train)
    if len(names) < ways:
        raise invalid(
            f"Data set {dataset!r} has too few classes for an episode.",
            expected=f"at least ways={ways} classes in the train split",
            received=f"{len(names)}",
            remedy="Lower `ways`.",
        )
    key = (seed, zlib.crc32(dataset.encode()))
    classes = np.stack(
        [
            np.sort(names[random_order(len(names), *key, _CLASSES, episode)[:ways]])
            for episode in range(episodes)
        ]
    )
    support = _draw(dataset, "train", labels_train, classes, shots, (*key, _SUPPORT))
    query = None
    if queries is not None:
        _check_positive("queries", queries)
        query = _draw(dataset, "test", labels_test, classes, queries, (*key, _QUERY))
    return EpisodeSet(
        dataset=dataset,
        seed=seed,
        classes=classes,
        support=support,
        query=query,
        train=labels_of(labels_train),
        test=labels_of(labels_test),
    )


def query_rows(episodes, labels_test):
    """Rows of the test split that each episode asks for, `[(queries,)]`."""
    if episodes.query is not None:
        return [rows.ravel() for rows in episodes.query]
    return [np.flatnonzero(np.isin(labels_test, each)) for each in episodes.classes]


def check_episodes(episodes, labels_train, labels_test):
    """Returns `episodes` if they were drawn from these labels.

    Raises:
        ValueError: if a split has other labels, or the same in another order.
    """
    for split, labels, drawn in (
        ("train", labels_train, episodes.train),
        ("test", labels_test, episodes.test),
    ):
        found = labels_of(labels)
        if found != drawn:
            raise invalid(
                f"These episodes of {episodes.dataset!r} were drawn from other labels "
                f"of the {split} split, or from the same in another order.",
                expected=_describe(drawn),
                received=_describe(found),
                remedy="Load both splits whole and from the version that the episodes "
                "are of, or draw episodes of these.",
            )
    return episodes


def _describe(labels):
    return f"{labels.examples} labels with SHA-256 {labels.sha256[:12]}.."


def _draw(dataset, split, labels, classes, count, key):
    """`count` different examples of each class, `(episodes, ways, count)`."""
    labels = np.asarray(labels)
    draws = []
    for episode, names in enumerate(classes):
        order = random_order(len(labels), *key, episode)
        for name in names:
            members = order[labels[order] == name]
            if len(members) < count:
                raise invalid(
                    f"Class {name} of data set {dataset!r} has too few examples in "
                    f"the {split} split.",
                    expected=f"at least {count}, which each episode takes",
                    received=f"{len(members)}",
                    remedy="Lower `shots` or `queries`, or give more examples.",
                )
            draws.append(members[:count])
    return np.reshape(draws, (*classes.shape, count))


def random_order(count, *key):
    """A permutation of 0 .. count - 1, a function of the key."""
    raw = generator(*key).bit_generator.random_raw(count)
    return np.argsort(raw, kind="stable")


def _check_positive(name, number):
    if number < 1:
        raise invalid(
            f"{name} is too small.",
            expected="at least 1",
            received=f"{name}={number}",
            remedy="Give a larger number.",
        )
