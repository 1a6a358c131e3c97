"""The order in which people count files: 2.png before 10.png."""

import re

_DIGITS = re.compile(r"(\d+)", re.ASCII)


def natural_key(name):
    """A key for `sorted`: runs of digits count as numbers, all else as text.

    Names that are equal then, such as `1.png` and `01.png`, are in the order of their
    characters.
    """
    parts = _DIGITS.split(name)  # digits at the odd positions
    return [*map(_value, parts[::2], [*parts[1::2], "0"])], name


def _value(text, digits):
    return text, int(digits)
