"""Low-rank matrices read out of the states of units (spec section 5)."""

from typing import NamedTuple

from keras import ops

from learned_update import backend
from learned_update.types import Tensor

WIDE = 1024  # units, above which no matrix between all of them is made


class LowRank(NamedTuple):
    """R_ij = 1/(K B) sum_{k,b} rows_bik columns_bjk: a batch mean of outer products.

    Attributes:
        rows: `(rank * batch, row_units)`.
        columns: `(rank * batch, column_units)`.
    """

    rows: Tensor
    columns: Tensor


def dense(readout):
    """The `(row_units, column_units)` matrix of a `LowRank`."""
    product = backend.matmul(ops.transpose(readout.rows), readout.columns)
    return product / _count(readout)


def times(x, readout):
    """x R, without R where the units are many.

    Args:
        x: `(any, row_units)`.
        readout: `LowRank`.

    Returns:
        `(any, column_units)`.
    """
    if not is_wide(readout.rows.shape[1]):
        return backend.matmul(x, dense(readout))
    product = backend.matmul(
        backend.matmul(x, ops.transpose(readout.rows)), readout.columns
    )
    return product / _count(readout)


def times_symmetric(x, readout):
    """x S, with S = `symmetric_off_diagonal` of R, without S where units are many.

    Args:
        x: `(any, units)`.
        readout: `LowRank` between units of one side.

    Returns:
        `(any, units)`.
    """
    rows, columns = readout
    if not is_wide(rows.shape[1]):
        return backend.matmul(x, symmetric_off_diagonal(dense(readout)))
    both = times(x, readout) + times(x, LowRank(columns, rows))
    return _off_diagonal(both, x, readout, axis=0)


def symmetric_times(readout, x):
    """S x; arguments as of `times_symmetric`, with x `(units, any)`."""
    rows, columns = readout
    if not is_wide(rows.shape[1]):
        return backend.matmul(symmetric_off_diagonal(dense(readout)), x)
    product = backend.matmul(ops.transpose(rows), backend.matmul(columns, x))
    product += backend.matmul(ops.transpose(columns), backend.matmul(rows, x))
    return _off_diagonal(product / _count(readout), x, readout, axis=1)


def is_wide(units):
    """Whether units are so many that products go through the factors instead.

    Args:
        units: how many; None, which is not wide, where that is not known beforehand.
    """
    return units is not None and units > WIDE


def _off_diagonal(product, x, readout, axis):
    """The product with R + R^T, less that with its diagonal, scaled as S is."""
    rows, columns = readout
    diagonal = 2.0 * ops.sum(rows * columns, axis=0) / _count(readout)  # (units,)
    units = ops.cast(ops.shape(rows)[1], rows.dtype)
    change = product - x * ops.expand_dims(diagonal, axis)
    return change * ops.rsqrt(2.0 * units)


def _count(readout):
    return ops.cast(ops.shape(readout.rows)[0], readout.rows.dtype)


def symmetric_off_diagonal(square):
    """(A + A^T)/sqrt(2) with a zero diagonal, divided by sqrt(units).

    Args:
        square: A, `(units, units)`.

    Returns:
        `(units, units)`.
    """
    units = ops.shape(square)[0]
    off_diagonal = 1.0 - ops.eye(units, dtype=square.dtype)
    symmetric = (square + ops.transpose(square)) * off_diagonal
    return symmetric * ops.rsqrt(2.0 * ops.cast(units, square.dtype))
