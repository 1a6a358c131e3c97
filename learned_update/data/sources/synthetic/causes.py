"""How the columns of a synthetic table follow from its causes, a function each.

Each draws a map from causes to columns: `(rows, causes)` to `(rows, columns)`.
"""

import numpy as np

TREES_DEPTH = 3  # questions that a column asks of the causes


def linear(rng, causes, columns):
    """Columns as weighted sums of the causes, and noise of their own size."""
    weights = rng.normal(size=(causes, columns)) / np.sqrt(causes)
    noise = rng.uniform(0.05, 0.5, columns)
    return lambda z: z @ weights + noise * rng.normal(size=(len(z), columns))


def network(rng, causes, columns):
    """Columns as units of a random network of two layers."""
    hidden = 2 * causes + 8
    first = rng.normal(size=(causes, hidden)) * 1.5 / np.sqrt(causes)
    offsets = rng.normal(size=hidden)
    second = rng.normal(size=(hidden, columns)) / np.sqrt(hidden)
    second *= rng.uniform(size=second.shape) < 0.5
    function = (np.tanh, np.abs, np.sin, lambda a: np.maximum(a, 0))[rng.integers(4)]
    noise = rng.uniform(0.02, 0.3)

    def effects(z):
        units = function(z @ first + offsets) @ second
        return units + noise * rng.normal(size=units.shape)

    return effects


def trees(rng, causes, columns):
    """Columns as values at the leaves of trees that ask for thresholds of causes."""
    asked = rng.integers(causes, size=(columns, TREES_DEPTH))
    thresholds = rng.normal(0, 0.8, (columns, TREES_DEPTH))
    leaves = rng.normal(size=(columns, 2**TREES_DEPTH))
    noise = rng.uniform(0.02, 0.2)

    def effects(z):
        answers = z[:, asked] > thresholds  # (rows, columns, questions)
        leaf = answers @ (2 ** np.arange(TREES_DEPTH))
        values = leaves[np.arange(columns), leaf]
        return values + noise * rng.normal(size=values.shape)

    return effects


KINDS = (linear, network, trees)
