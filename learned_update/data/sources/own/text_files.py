"""Texts in files, one per line."""

import pathlib
import re

from learned_update.data.sources.own.encodings import decoded, encoding_of
from learned_update.data.sources.own.guesses import INFER, say
from learned_update.data.sources.own.tables.cells import is_number
from learned_update.errors import invalid

_BETWEEN = re.compile(r"[\s,;]+")  # what may be between the numbers of a table


def read_lines(path, encoding=INFER):
    """The lines of a text file, each an example.

    Args:
        path: a file; blank lines at its end are left out.
        encoding: a codec of Python; "infer" finds it, see `encoding_of`, and warns
            where it guesses.

    Returns:
        A list of strings without line ends.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: if the file is not in this encoding, holds no text, or has a blank
            line among others.
    """
    path = pathlib.Path(path)
    found = encoding_of(path, encoding)
    with open(path, encoding=found.name) as file:
        lines = "".join(decoded(path, file)).rstrip().split("\n")
    blank = [number for number, line in enumerate(lines, start=1) if not line.strip()]
    if blank:
        raise invalid(
            f"{path} holds empty texts.",
            expected="one text per line",
            received=f"{len(blank)} blank of {len(lines)} lines, the first is line "
            f"{blank[0]}",
            remedy="Take the blank lines out.",
        )
    if found.guessed:
        say(
            f"{path}: the text is taken as written in {found.name}; name its "
            "`encoding` where this is wrong."
        )
    if all(map(_holds_only_numbers, lines)):
        say(
            f"{path} holds nothing but numbers, which are taken for words; a table of "
            "numbers is read from a .csv file."
        )
    return lines


def _holds_only_numbers(line):
    return all(map(is_number, _BETWEEN.split(line.strip())))
