"""Sampling without replacement, many rows at a time."""

import numpy as np

from learned_update.randomness import generator


def few_of_each(labels, count, seed, among=None):
    """Picks at most `count` examples of every class at random.

    Args:
        labels: class of each example, `(examples,)`.
        count: most examples of a class.
        seed: integer; every class draws on its own.
        among: examples to pick from, `(examples,)` bool; None for all.

    Returns:
        Whether each example is picked, `(examples,)` bool.
    """
    among = np.ones(len(labels), bool) if among is None else among
    picked = np.zeros(len(labels), bool)
    for label in np.unique(labels[among]):
        members = np.flatnonzero(among & (labels == label))
        picked[generator(seed, int(label)).permutation(members)[:count]] = True
    return picked


def distinct_integers(rng, counts, size):
    """Draws ordered samples without replacement, one per row.

    Floyd's algorithm (Bentley and Floyd, 1987, "A sample of brilliance"), vectorised
    over rows, then shuffled: `size` short steps, however large the counts are.

    Args:
        rng: NumPy generator.
        counts: row i draws from 0 .. counts[i] - 1; all at least `size`; `(rows,)`.
        size: integers per row.

    Returns:
        `(rows, size)` int64, distinct within a row, every order equally likely.
    """
    last = np.asarray(counts)[:, None] - size + np.arange(size)  # (rows, size)
    drawn = rng.integers(0, last, endpoint=True)
    for i in range(1, size):
        taken = (drawn[:, :i] == drawn[:, i : i + 1]).any(axis=1)
        drawn[taken, i] = last[taken, i]
    return rng.permuted(drawn, axis=1, out=drawn)
