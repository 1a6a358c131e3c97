"""Sampling without replacement, many rows at a time."""

import numpy as np


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
