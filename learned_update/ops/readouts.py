"""Low-rank matrices read out of the states of units (spec section 5)."""

from keras import ops


def low_rank(rows, columns):
    """R_ij = 1/(K B) sum_{k,b} rows_bik columns_bjk: a batch mean of outer products.

    Args:
        rows: `(row_units, batch * rank)`.
        columns: `(column_units, batch * rank)`.

    Returns:
        `(row_units, column_units)`.
    """
    count = ops.cast(ops.shape(rows)[1], rows.dtype)
    return ops.matmul(rows, ops.transpose(columns)) / count


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
