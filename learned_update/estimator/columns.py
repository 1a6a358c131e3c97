"""Mean, deviation and precision of the columns of a stream of rows, in float64."""

from typing import NamedTuple

import numpy as np
from scipy import sparse
from sklearn.utils import gen_batches

from learned_update.errors import invalid

BLOCK_ROWS = 4096  # held in float64 at a time; bounds memory
ROUND_OFF = 2.0**-50  # of float64, four units: what varies less is constant
LOST = 1 / 8  # of the scale of a column, by which a cast may move a value


class Columns(NamedTuple):
    """What is known of the columns of the rows so far.

    Attributes:
        rows: how many.
        mean: `(inputs,)` float64.
        deviation: square root of the population variance, `(inputs,)` float64.
        loss: how far the cast to float32 moves a value at most, `(inputs,)` float64;
            infinite where float32 cannot hold it.
    """

    rows: int
    mean: np.ndarray
    deviation: np.ndarray
    loss: np.ndarray


def dense(X):
    """The same rows as a dense array."""
    return X.toarray() if sparse.issparse(X) else X


def columns_of(X):
    """`Columns` of some rows.

    Args:
        X: `(rows, inputs)`, at least one, dense or CSR.
    """
    columns = None
    for rows in gen_batches(X.shape[0], BLOCK_ROWS):
        block = _columns_of_block(dense(X[rows]).astype(np.float64))
        columns = merged(columns, block)
    return columns


def _columns_of_block(x):
    exponent = _exponent(x)
    unit = np.ldexp(x, -exponent)  # at most 1, so that squares neither over- nor
    shifted = unit - unit[0]  # underflow; near 0, so that an offset costs nothing
    mean = shifted.mean(axis=0)
    deviation = np.sqrt(np.square(shifted - mean).mean(axis=0))
    return Columns(
        rows=len(x),
        mean=np.ldexp(unit[0] + mean, exponent),
        deviation=np.ldexp(deviation, exponent),
        loss=np.abs(x - _held(x)).max(axis=0),
    )


def _held(x):
    """What float32 keeps of float64 values."""
    with np.errstate(over="ignore", under="ignore"):
        return x.astype(np.float32).astype(np.float64)


def _exponent(x):
    """The least e with |x| <= 2^e down each column."""
    return np.frexp(np.abs(x).max(axis=0))[1]


def merged(first, second):
    """`Columns` of two sets of rows as one (Chan, Golub and LeVeque, 1983).

    Args:
        first: `Columns` of the one; None where there is none.
        second: `Columns` of the other.
    """
    if first is None:
        return second
    exponent = _exponent(
        np.stack([first.mean, second.mean, first.deviation, second.deviation])
    )
    rows = first.rows + second.rows
    share = second.rows / rows
    mean = np.ldexp(first.mean, -exponent)
    shift = np.ldexp(second.mean, -exponent) - mean
    variance = (
        (1 - share) * np.square(np.ldexp(first.deviation, -exponent))
        + share * np.square(np.ldexp(second.deviation, -exponent))
        + share * (1 - share) * np.square(shift)
    )
    return Columns(
        rows=rows,
        mean=np.ldexp(mean + share * shift, exponent),
        deviation=np.ldexp(np.sqrt(variance), exponent),
        loss=np.maximum(first.loss, second.loss),
    )


def varies(columns):
    """Which columns are not constant up to the round-off of float64, `(inputs,)`."""
    return columns.deviation > ROUND_OFF * np.abs(columns.mean)


def scale(columns):
    """What divides the centred columns, `(inputs,)`.

    The deviation; where it is none, the size of the constant, at least 1, so that
    round-off of the constant is as small as that of other columns.
    """
    constant = np.maximum(1.0, np.abs(columns.mean))
    return np.where(varies(columns), columns.deviation, constant)


def standardised(x, columns):
    """(x - mean) / scale, `(rows, inputs)` float64; infinite where that overflows."""
    divisor = scale(columns)
    exponent = np.frexp(divisor)[1]
    with np.errstate(over="ignore"):
        centred = np.ldexp(x, -exponent) - np.ldexp(columns.mean, -exponent)
        return centred / np.ldexp(divisor, -exponent)


def check_held(columns, which, names, remedy):
    """Raises `ValueError` if float32 does not tell the values of a column apart.

    Args:
        columns: `Columns`.
        which: the columns that matter, `(inputs,)` booleans.
        names: of the columns; None calls them by their index.
        remedy: what to do about it.
    """
    scales = scale(columns)
    lost = np.flatnonzero(which & (columns.loss > LOST * scales))
    if len(lost):
        index = lost[0]
        more = f", nor {len(lost) - 1} more." if len(lost) > 1 else "."
        raise invalid(
            f"float32 cannot hold column {named(index, names)}{more}",
            expected=f"values that float32 moves by less than {LOST} of their scale",
            received=f"mean {columns.mean[index]:.6g}, scale {scales[index]:.3g}, "
            f"moved by up to {columns.loss[index]:.3g}",
            remedy=remedy,
        )


def named(index, names):
    """How a message calls a column."""
    return str(index) if names is None else repr(str(names[index]))
