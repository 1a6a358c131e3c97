"""Styles of the columns of a synthetic table."""

import numpy as np

MOST_CATEGORIES = 6


def plain(rng, column):
    """As it is."""
    del rng
    return column


def heavy_tailed(rng, column):
    """sinh of it: most values small, some very large."""
    return np.sinh(rng.uniform(1.0, 2.0) * column)


def log_normal(rng, column):
    """exp of it: positive, with a long tail on one side."""
    return np.exp(rng.uniform(0.5, 1.2) * column)


def categorical(rng, column):
    """One of a few numbers without an order, by where it lies."""
    count = int(rng.integers(3, MOST_CATEGORIES, endpoint=True))
    edges = np.quantile(column, np.sort(rng.uniform(0.1, 0.9, count - 1)))
    return rng.permutation(count)[np.searchsorted(edges, column)].astype(float)


def binary(rng, column):
    """Whether it is above a threshold."""
    return (column > np.quantile(column, rng.uniform(0.1, 0.9))).astype(float)


def noise(rng, column):
    """Something else, which says nothing."""
    return rng.normal(size=column.shape)


STYLES = {plain: 0.4, heavy_tailed: 0.12, log_normal: 0.12, categorical: 0.12}
STYLES |= {binary: 0.12, noise: 0.12}  # with their shares of the columns


def styled(rng, table):
    """Columns each in a style, with mean 0 and variance 1.

    Args:
        rng: NumPy generator.
        table: `(rows, columns)`.

    Returns:
        `(rows, columns)` float64; a column that came out constant is 0.
    """
    styles = list(STYLES)
    chosen = rng.choice(len(styles), size=table.shape[1], p=list(STYLES.values()))
    table = _standardised(table)
    columns = [
        styles[style](rng, column)
        for style, column in zip(chosen, table.T, strict=True)
    ]
    return _standardised(np.stack(columns, axis=1))


def _standardised(table):
    centred = table - table.mean(0)
    deviation = centred.std(0)
    return centred / np.where(deviation > 0, deviation, 1.0)
