"""Fixed episodes whose support and query are of the same examples' pool."""

import zlib

import numpy as np

from learned_update.errors import invalid
from learned_update.evaluation.episodes.fixed_sets import (
    EpisodeSet,
    check_episodes,
    labels_of,
    random_order,
)
from learned_update.randomness import generator

_CLASSES, _EXAMPLES, _ORDERS = range(3)  # what is drawn


def draw_class_episodes(name, episodes, count, seed=0):
    """Draws episodes of an `EpisodeDistribution`, the same on every machine.

    The first episodes do not depend on how many are drawn.

    Args:
        name: of the data, a part of the seed.
        episodes: `EpisodeDistribution`.
        count: how many.
        seed: integer of at least 0.

    Returns:
        `EpisodeSet`: classes of the distribution's pool, support and query disjoint
        rows of its images.
    """
    key = (seed, zlib.crc32(name.encode()))
    shots, queries = episodes.shots, episodes.queries
    classes, rows = [], []
    for number in range(count):
        order = random_order(episodes.classes, *key, _CLASSES, number)
        chosen = np.sort(order[: episodes.ways])
        classes.append(chosen)
        rows.append(
            [
                members[
                    random_order(len(members), *key, _EXAMPLES, number, int(label))[
                        : shots + queries
                    ]
                ]
                for label in chosen
                for members in [episodes.pool.members[label]]
            ]
        )
    rows = np.array(rows)  # (episodes, ways, shots + queries)
    labels = labels_of(_labels(episodes))
    return EpisodeSet(
        dataset=name,
        seed=seed,
        classes=np.stack(classes),
        support=rows[..., :shots],
        query=rows[..., shots:],
        train=labels,
        test=labels,
    )


def check_class_episodes(fixed, episodes):
    """Returns an `EpisodeSet` if it is of the classes of an `EpisodeDistribution`.

    Raises:
        ValueError: if it was drawn from other labels or classes, or has no queries.
    """
    labels = _labels(episodes)
    check_episodes(fixed, labels, labels)
    if fixed.query is None or fixed.classes.max() >= episodes.classes:
        raise invalid(
            f"These episodes of {fixed.dataset!r} are of other classes.",
            expected=f"queries of their own, and classes below {episodes.classes}",
            received="no queries"
            if fixed.query is None
            else f"class {fixed.classes.max()}",
            remedy="Evaluate with the same data and rotations, or draw episodes anew.",
        )
    return fixed


def fixed_episodes(fixed, episodes):
    """The `Episode`s of an `EpisodeSet`; orders of rows and pixels by its seed."""
    for number, (classes, support, query) in enumerate(
        zip(fixed.classes, fixed.support, fixed.query, strict=True)
    ):
        rng = generator(fixed.seed, _ORDERS, number)
        yield episodes.episode(classes, support, query, rng)


def _labels(episodes):
    """Class of every image of the pool, before it is turned, `(examples,)`."""
    labels = np.zeros(len(episodes.pool.images), "int32")
    for label in np.flatnonzero(episodes.pool.turns == 0):
        labels[episodes.pool.members[label]] = label
    return labels
