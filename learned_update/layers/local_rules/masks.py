"""Masks of inputs that look random but are a function of row and column alone.

An inner step is a pure function of phi and the batch on every backend, so masks cannot
be drawn in it. Rows of a batch are random examples: what is masked of an example
differs from step to step.
"""

from keras import ops

SIZE = 997  # values of the hash, a prime


def hashed(rows, columns, salt):
    """A hash of places, in [0, 1), the same on every backend.

    Args:
        rows: how many, may be a tensor.
        columns: how many, may be a tensor.
        salt: integer; another one gives other numbers.

    Returns:
        `(rows, columns)`, float32 multiples of 1 / 997.
    """
    row = ops.arange(rows, dtype="int32")[:, None]
    column = ops.arange(columns, dtype="int32")[None, :]
    first = (31 * row + 17 * column + 101 * salt) % 1021
    second = (53 * row + 97 * column + 7 * salt) % 1013
    return ops.cast((first * second + first + second) % SIZE, "float32") / SIZE


def keep_mask(x, share, salt):
    """1 at about a share of the places of x, else 0."""
    kept = hashed(ops.shape(x)[0], ops.shape(x)[1], salt) < share
    return ops.cast(kept, x.dtype)


def band_mask(x):
    """1 on half of the inputs of every row: a run from a place that is the row's own.

    Neighbours in a row of pixels are neighbours in the image, so that what is put
    together from two images is like either at short range, not at long range.
    """
    columns = ops.cast(ops.shape(x)[1], "float32")
    place = ops.arange(ops.shape(x)[1], dtype="float32")[None, :] / columns
    start = hashed(ops.shape(x)[0], 1, salt=0)
    return ops.cast((place - start) % 1.0 < 0.5, x.dtype)


def next_rows(x):
    """The row after each, the first after the last."""
    return ops.concatenate([x[1:], x[:1]], axis=0)
