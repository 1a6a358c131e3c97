"""Whether the first row of a table names its columns."""

from typing import NamedTuple

from learned_update.data.labels import MISSING
from learned_update.data.sources.own.tables.cells import (
    is_integer,
    is_number,
    is_word,
    number,
)

YEARS = range(1800, 2201)
_LEAST = 4  # fractions that show that a table's numbers are not whole


class Header(NamedTuple):
    """What a first row is.

    Attributes:
        present: whether it names columns.
        doubt: why it might be the other; empty if it hardly can.
    """

    present: bool
    doubt: str = ""


def infer_header(rows, column, decimal):
    """Whether a first row names columns, from how it differs from the others.

    Words above numbers are names. Whole numbers are names if they count 0, 1, 2, ..
    as pandas does, are consecutive or years and lie outside of what is below them, have
    fractions only below them, or have a label that no other row has.

    Args:
        rows: cells of the first rows, the candidate among them.
        column: index of the column of labels; None if there is none.
        decimal: "." or ",".

    Returns:
        `Header`.
    """
    first, others = rows[0], rows[1:]
    inputs = [index for index in range(len(first)) if index != column]
    named = [index for index in inputs if first[index]]
    words = [index for index in named if is_word(first[index], decimal)]
    if len(words) == len(named) and any(first[index] not in MISSING for index in words):
        return Header(True)
    if any(_is_above_numbers(rows, index, decimal) for index in (*words, column)):
        return Header(True, "it holds numbers, too")
    if column is not None and is_integer(first[column]):
        named = sorted([*named, column])
    whole = all(first[index] for index in inputs[1:]) and not words
    if not (whole and named and others):
        return Header(False)
    if first[inputs[0]]:
        return _numeric(first, others, named, inputs, column, decimal)
    found = _numeric(first, others, named, inputs[1:], column, decimal)
    if all(cells[inputs[0]] for cells in others) and found.doubt:
        return Header(True, found.doubt)  # no number is missing: it is an index
    return Header(False)


def _is_above_numbers(rows, index, decimal):
    """Whether a word is in the first row of a column of numbers."""
    if index is None or not rows[1:] or rows[0][index] in MISSING:
        return False
    below = all(is_number(cells[index], decimal) for cells in rows[1:])
    return below and is_word(rows[0][index], decimal)


def _numeric(first, others, named, inputs, column, decimal):
    """Of numbers, and a label."""
    cells = [first[index] for index in named]
    below = [[row[index] for index in named] for row in others]
    if not all(map(is_integer, cells)) or len(set(cells)) < len(cells):
        return Header(False)
    numbers = [row[index] for row in others for index in inputs]
    if column is not None and _is_odd(first[column], [row[column] for row in others]):
        return Header(True, "its label occurs nowhere else")
    if len(numbers) >= _LEAST and not any(map(is_integer, numbers)):
        return Header(True, "it holds whole numbers above fractions")
    if len(cells) > 1 and (all(map(_count, below)) or set(cells) in map(set, below)):
        return Header(False)
    outside = _outside(cells, below, decimal)
    if _count(cells) and int(cells[0]) == 0:
        clear = len(cells) > 1 or not all(map(is_integer, numbers))
        return Header(len(cells) > 2 or (outside and clear), "it counts from 0")
    years = _are_years(cells) and not any(map(_are_years, below))
    if len(cells) > 1 and outside and (_count(cells) or years):
        return Header(True, "it holds numbers in order, unlike those below them")
    return Header(False)


def _is_odd(label, others):
    """Whether a word is the label of one row, while others are shared by several."""
    several = len(others) >= 2 * len(set(others))
    return is_word(label) and several and label not in others


def _count(cells):
    """Whether cells are consecutive integers."""
    if not all(map(is_integer, cells)):
        return False
    numbers = list(map(int, cells))
    return numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _are_years(cells):
    """Whether cells are years in order."""
    if not all(map(is_integer, cells)):
        return False
    numbers = list(map(int, cells))
    return numbers == sorted(numbers) and all(year in YEARS for year in numbers)


def _outside(cells, below, decimal):
    """Whether every cell lies outside the range of the numbers below it."""
    for cell, *column in zip(cells, *below, strict=True):
        numbers = [
            number(other, decimal) for other in column if is_number(other, decimal)
        ]
        if numbers and min(numbers) <= int(cell) <= max(numbers):
            return False
    return True
