"""Episodes drawn from the classes of some data sets."""

import numpy as np

from learned_update.errors import invalid
from learned_update.few_shot.episodes.class_pool import class_pool
from learned_update.few_shot.episodes.episode import Episode


class EpisodeDistribution:
    """N-way K-shot episodes of classes drawn from one pool.

    Every draw gives the classes of an episode labels from 0 in an order of its own,
    and its rows in a random order.

    Args:
        datasets: labelled `Dataset`s of one image size, or a single one.
        ways: classes of an episode, at least 2.
        shots: labelled examples of each class.
        queries: examples of each class to classify.
        rotations: whether classes turned by 90 degrees are classes of their own.
        permuted: whether the pixels of every episode are in a random order of its own.

    Attributes:
        pool: `ClassPool`.
        image_shape: `(height, width, channels)`.

    Raises:
        ValueError: if there are fewer classes, or fewer examples of one, than an
            episode takes, or a number makes no sense.
    """

    def __init__(
        self, datasets, ways=5, shots=1, queries=15, rotations=False, permuted=False
    ):
        self.pool = class_pool(datasets, rotations)
        self.ways = ways
        self.shots = shots
        self.queries = queries
        self.permuted = permuted
        self.image_shape = self.pool.images.shape[1:]
        _check_numbers(ways, shots, queries)
        _check_enough(self.pool, ways, shots + queries)

    @property
    def classes(self):
        """How many classes the pool has."""
        return len(self.pool.members)

    def draw(self, rng):
        """An `Episode`, drawn with a NumPy generator."""
        classes = rng.permutation(self.classes)[: self.ways]
        drawn = [
            rng.permutation(self.pool.members[number])[: self.shots + self.queries]
            for number in classes
        ]
        return self.episode(
            classes,
            [rows[: self.shots] for rows in drawn],
            [rows[self.shots :] for rows in drawn],
            rng,
        )

    def episode(self, classes, support, query, rng):
        """The `Episode` of given classes and examples.

        Args:
            classes: numbers of classes of the pool, `(ways,)`.
            support: rows of the pool's images, `(ways, shots)`.
            query: the same, `(ways, queries)`.
            rng: NumPy generator, which draws the orders of rows and pixels.
        """
        order = self._pixel_order(rng)
        support_x, support_y = self._part(classes, support, rng, order)
        query_x, query_y = self._part(classes, query, rng, order)
        return Episode(
            support_x, support_y, query_x, query_y, np.asarray(classes, "int32")
        )

    def _part(self, classes, rows, rng, order):
        x = np.concatenate(
            [
                self.pool.read(number, own)
                for number, own in zip(classes, rows, strict=True)
            ]
        )
        y = np.repeat(
            np.arange(len(classes), dtype="int32"), [len(own) for own in rows]
        )
        if order is not None:
            x = x.reshape(len(x), -1)[:, order].reshape(x.shape)
        shuffled = rng.permutation(len(x))
        return x[shuffled], y[shuffled]

    def _pixel_order(self, rng):
        return (
            rng.permutation(int(np.prod(self.image_shape))) if self.permuted else None
        )


def _check_numbers(ways, shots, queries):
    if ways < 2 or shots < 1 or queries < 1:
        raise invalid(
            "These numbers make no episode.",
            expected="ways >= 2, shots >= 1, queries >= 1",
            received=f"ways={ways}, shots={shots}, queries={queries}",
            remedy="Give larger numbers.",
        )


def _check_enough(pool, ways, examples):
    if len(pool.members) < ways:
        raise invalid(
            "There are too few classes for an episode.",
            expected=f"at least ways={ways}",
            received=f"{len(pool.members)} classes",
            remedy="Lower `ways`, or add data sets, or `rotations`.",
        )
    sizes = [len(rows) for rows in pool.members]
    smallest = int(np.argmin(sizes))
    if sizes[smallest] < examples:
        raise invalid(
            f"Class {pool.names[smallest]!r} has too few examples for an episode.",
            expected=f"at least {examples}, shots and queries together",
            received=f"{sizes[smallest]}",
            remedy="Lower `shots` or `queries`, or leave the class out.",
        )
