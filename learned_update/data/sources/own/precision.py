"""Numbers brought to float32 without losing what tells them apart."""

import numpy as np

from learned_update.data.sources.own.guesses import say
from learned_update.errors import invalid

COARSEST = 1e-3  # spacing of float32 at the largest value, in standard deviations
_SPACING = float(np.finfo("float32").eps)  # relative to a value
_FINEST = float(np.finfo("float32").tiny) / COARSEST  # standard deviation
_LISTED = 5  # columns that a message names


def as_float32(numbers, name, columns=()):
    """Casts numbers, and centres them first where float32 would blur them.

    x <- x - mean(x), in float64, if eps max |x| > COARSEST std(x), with the machine
    epsilon of float32: values as far from 0 as times in seconds are. Rows are centred
    column by column, images by one mean. What is centred is said in a warning.

    Args:
        numbers: finite, `(examples, inputs)` or `(examples, height, width, ..)`.
        name: what messages call the data.
        columns: names of the inputs, for messages.

    Returns:
        float32 of the same shape.

    Raises:
        ValueError: if values differ by less than float32 holds near 0.
    """
    if numbers.size == 0:
        return numbers.astype("float32")
    table = numbers if numbers.ndim == 2 else numbers.reshape(-1, 1)
    suspects = np.flatnonzero(_may_blur(table))
    least = table[:, suspects].min(axis=0)
    heights = _difference(table[:, suspects], least)  # above the least value
    stddev = heights.std(axis=0)
    _check_distinct(suspects, stddev, heights.max(axis=0) > 0, name, columns)
    blurred = _SPACING * _largest(table[:, suspects]) > COARSEST * stddev
    if not blurred.any():
        return numbers.astype("float32")
    means = heights.mean(axis=0)
    result = table.astype("float32")
    result[:, suspects[blurred]] = (heights - means)[:, blurred]
    which = _listed(suspects[blurred], columns) if table is numbers else "the images"
    _warn(name, which, (means + least)[blurred])
    return result.reshape(numbers.shape)


def _may_blur(table):
    """Columns that vary and may be coarse: std >= (max - min) / sqrt(2 examples)."""
    least, most = table.min(axis=0), table.max(axis=0)
    spread = _difference(most, least)
    least_stddev = spread / np.sqrt(2 * len(table))
    return (spread > 0) & (
        (_SPACING * _largest(table) > COARSEST * least_stddev)
        | (least_stddev < _FINEST)
    )


def _largest(table):
    ends = np.stack([table.min(axis=0), table.max(axis=0)]).astype("float64")
    return np.abs(ends).max(axis=0)


def _difference(table, least):
    """`table - least` in float64, exact for integers of any size."""
    if table.dtype.kind in "iu":
        wide = table.astype("int64" if table.dtype.kind == "i" else "uint64")
        return (wide - least.astype(wide.dtype)).view("uint64").astype("float64")
    wide = np.result_type(table, np.float64)
    return (table.astype(wide) - least.astype(wide)).astype("float64")


def _check_distinct(suspects, stddev, varies, name, columns):
    fine = varies & (stddev < _FINEST)
    if fine.any():
        raise invalid(
            f"Data set {name!r} varies by less than float32 holds.",
            expected=f"standard deviations of 0, or of at least {_FINEST:.1g}",
            received=f"{stddev[fine][0]:.3g}, {_listed(suspects[fine], columns)}",
            remedy="Give it in smaller units.",
        )


def _listed(numbers, columns):
    """The numbers from 0, and names, of the first of some columns."""
    texts = [
        f"{number} ({columns[number]!r})" if columns else f"{number}"
        for number in numbers[:_LISTED].tolist()
    ]
    more = f" and {len(numbers) - _LISTED} more" if len(numbers) > _LISTED else ""
    return f"column{'s' if len(numbers) > 1 else ''} {', '.join(texts)}{more}"


def _warn(name, which, means):
    listed = ", ".join(f"{mean:.17g}" for mean in means[:_LISTED])
    say(
        f"Data set {name!r}: {which}, counted from 0, had values that differ by little "
        f"beside their size, as float32 cannot hold them. The mean ({listed}"
        f"{', ..' if len(means) > _LISTED else ''}) was subtracted: do the same to "
        "all rows that these are compared with, or that an encoder trained on them is "
        "given."
    )
