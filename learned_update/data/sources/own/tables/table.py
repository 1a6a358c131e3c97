"""Tables of numbers, whatever they were read from."""

from typing import NamedTuple

import numpy as np


class Table(NamedTuple):
    """A table of numbers, and the column of labels beside it.

    Attributes:
        values: `(rows, columns)` float64.
        labels: one per row, None where one is missing; None if not asked for.
        columns: names of the columns of `values`; empty if there are none.
    """

    values: np.ndarray
    labels: list | None
    columns: tuple[str, ...]
