"""Cells of tables as numbers."""

import math
import re

MOST_EXACT = 2**53  # larger integers are not all numbers of float64
_INTEGER = re.compile(r"[+-]?[0-9]+")
_COMMA_DECIMAL = re.compile(r"[+-]?[0-9]*,[0-9]+(?:[eE][+-]?[0-9]+)?")
_NOTATION = re.compile(r"[+-]?[0-9][0-9.,'\s]*%?")
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+")


def number(cell, decimal="."):
    """The number that a cell holds, a float; NaN and infinities are numbers here.

    Args:
        cell: a string without blanks around it.
        decimal: "." or ",", what parts the fraction from the whole.

    Raises:
        ValueError: if it holds none, or the other decimal mark, or `_` as in Python.
    """
    if "_" in cell or (decimal != "." and "." in cell):
        raise ValueError(cell)
    return float(cell if decimal == "." else cell.replace(decimal, "."))


def is_number(cell, decimal="."):
    """Whether `number` can read a cell."""
    try:
        number(cell, decimal)
    except ValueError:
        return False
    return True


def is_word(cell, decimal="."):
    """Whether a cell is no number, nor looks like one in another notation."""
    return not is_number(cell, decimal) and _NOTATION.fullmatch(cell) is None


def is_integer(cell):
    """Whether a cell is written in digits only, a sign aside."""
    return _INTEGER.fullmatch(cell) is not None


def is_rounded(cell, value):
    """Whether a cell is written as an integer that float64 cannot hold.

    Args:
        cell: a string.
        value: what `number` makes of it.
    """
    large = abs(value) >= MOST_EXACT and math.isfinite(value)
    return large and is_integer(cell) and int(cell) != int(value)


def has_decimal_comma(cell):
    """Whether a cell is a number with a comma before its fraction, `1,5`."""
    return _COMMA_DECIMAL.fullmatch(cell) is not None


def may_have_thousands(cell):
    """Whether the commas of a cell may part thousands, `1,500`."""
    return _THOUSANDS.fullmatch(cell) is not None
