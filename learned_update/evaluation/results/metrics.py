"""Metrics of a meta-training run as columns, for figures."""

import numpy as np


def metric_columns(rows):
    """Columns of the rows of `read_metrics`.

    Args:
        rows: dicts, one per outer step.

    Returns:
        `{name: float64 (outer steps,)}`; NaN where a row lacks the name or it is no
        number.
    """
    names = dict.fromkeys(name for row in rows for name in row)
    return {
        name: np.array([_number(row.get(name)) for row in rows], np.float64)
        for name in names
    }


def _number(value):
    return value if isinstance(value, int | float) else np.nan
