"""How a text file separates the cells of a table and writes fractions."""

import collections
from typing import NamedTuple

from learned_update.data.sources.own.guesses import INFER
from learned_update.data.sources.own.tables.cells import (
    has_decimal_comma,
    is_integer,
    is_number,
    may_have_thousands,
)
from learned_update.data.sources.own.tables.rows import sample_rows
from learned_update.errors import invalid

SEPARATORS = (",", ";", "\t", "|", " ")
DECIMALS = (".", ",")
_DIRECTIVE = "sep="  # first line that spreadsheets write: `sep=;`


class Dialect(NamedTuple):
    """What parts cells from cells and fractions from wholes.

    Attributes:
        separator: one character; a space stands for any number of them.
        decimal: "." or ",".
    """

    separator: str
    decimal: str = "."


def check_dialect(separator, decimal):
    """Raises `ValueError` unless both can be asked for."""
    if not isinstance(separator, str) or (
        separator != INFER and (len(separator) != 1 or separator in '"\r\n')
    ):
        raise invalid(
            "Cells cannot be separated like this.",
            expected=f"one character such as ',', ';' or '\\t', or {INFER!r}",
            received=f"separator={separator!r}",
            remedy="Leave it out to have it found.",
        )
    if decimal not in (*DECIMALS, INFER):
        raise invalid(
            "Fractions cannot be written like this.",
            expected=f"'.', ',' or {INFER!r}",
            received=f"decimal={decimal!r}",
            remedy="Leave it out to have it found.",
        )


def directive(line):
    """The separator that a line `sep=;` names; None if it is another line."""
    line = line.strip("\r\n").lower()
    named = line.removeprefix(_DIRECTIVE)
    return named if line.startswith(_DIRECTIVE) and len(named) == 1 else None


def infer_dialect(lines, usual, separator=INFER, decimal=INFER):
    """The dialect in which some lines are a table, of numbers as far as can be.

    Rows of one length come first, among these the larger share of numbers, among
    these the usual separator.

    Args:
        lines: the first lines of a file, without comments.
        usual: separator that the file's suffix stands for.
        separator: the one to take; "infer" chooses among `SEPARATORS`.
        decimal: the mark to take; "infer" chooses.

    Returns:
        `Dialect`.
    """
    separators = [separator]
    if separator == INFER:
        separators = sorted(SEPARATORS, key=lambda candidate: candidate != usual)
        if decimal == "," and not any('"' in line for line in lines):
            separators.remove(decimal)
    return max(
        (_with_decimal(lines, candidate, decimal) for candidate in separators),
        key=lambda dialect: _merit(lines, dialect),
    )


def width_of(rows):
    """The most frequent length of the rows but the first, which may be a header."""
    lengths = [len(cells) for cells in rows[1:] or rows]
    return collections.Counter(lengths).most_common(1)[0][0] if lengths else 0


def may_be_one_column(rows, dialect):
    """Whether two columns of integers may be one column with decimal commas."""
    return dialect == Dialect(",", ".") and all(
        len(cells) == 2 and is_integer(cells[0]) and cells[1].isdecimal()
        for cells in rows
    )


def _with_decimal(lines, separator, decimal):
    if decimal != INFER:
        return Dialect(separator, decimal)
    cells = [cell for row in sample_rows(lines, separator) for cell in row]
    commas = [cell for cell in cells if has_decimal_comma(cell)]
    points = any("." in cell and is_number(cell) for cell in cells)
    doubtful = separator != ";" and all(map(may_have_thousands, commas))
    return Dialect(separator, "," if commas and not points and not doubtful else ".")


def _merit(lines, dialect):
    """How well lines are a table: a class, if it has columns, the share of numbers."""
    rows = sample_rows(lines, dialect.separator)
    width = width_of(rows)
    cells = [cell for row in rows[1:] or rows for cell in row]
    numbers = [is_number(cell, dialect.decimal) for cell in cells]
    share = sum(numbers) / max(len(numbers), 1)
    if width > 1 and _is_even(rows, width):
        return 2, True, share
    if numbers and all(numbers) and _is_column(rows, dialect.decimal):
        return 1, False, share
    return 0, width > 1, share


def _is_even(rows, width):
    """Whether rows have one length, a first one that lacks one name aside."""
    rest = rows[1:]
    trailing = not any(cells[-1] for cells in rest)
    short = len(rows[0]) == width - 1 and (width > 2 or trailing)
    return (len(rows[0]) == width or short) and all(len(row) == width for row in rest)


def _is_column(rows, decimal):
    """Whether rows are one cell each, the first a number or one name, not several."""
    if any(len(cells) > 1 for cells in rows):
        return False
    (first,) = rows[0]
    several = any(separator in first for separator in SEPARATORS[:-1])
    return is_number(first, decimal) or not several
