"""Lines of a table as rows of cells."""

import csv
import re

from learned_update.errors import invalid

_SPACES = re.compile(" +")


def rows(path, lines, separator):
    """Splits lines into cells; quotes may hold separators, and in the first row lines.

    Args:
        path: what messages call the table.
        lines: strings; any iterable.
        separator: one character; one space stands for any number of them.

    Yields:
        The number of a row's last line, counted from 1, and its cells without blanks
        around them. Blank lines are passed over.

    Raises:
        ValueError: if a quote is not closed on its line, the first row aside.
    """
    held = []  # lines of the row that is being read
    reader = csv.reader(
        _noted(_tidy(lines, separator), held),
        delimiter=separator,
        skipinitialspace=separator != " ",
        strict=True,
    )
    first = True
    try:
        for cells in reader:
            if len(held) > 1 and not first:
                raise _unclosed(path, held, reader.line_num, separator, "closed later")
            held.clear()
            if cells:
                first = False
                yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise _unclosed(path, held, reader.line_num, separator, error) from error


def sample_rows(lines, separator):
    """Cells of the rows up to the first that cannot be read, for guesses."""
    found = []
    try:
        for _, cells in rows("sample", lines, separator):
            found.append(cells)
    except ValueError:
        pass  # the reading proper says what is wrong
    return found


def _tidy(lines, separator):
    """The lines, blank ones empty; without repeated spaces if these separate."""
    for line in lines:
        if line.isspace():
            yield "\n"
        elif separator == " ":
            yield _SPACES.sub(" ", line.strip(" \r\n")) + "\n"
        else:
            yield line


def _noted(lines, held):
    for line in lines:
        held.append(line)
        yield line


def _unclosed(path, held, last, separator, what):
    """An error that names the line in which a quote opens, if one is open."""
    begin = last - len(held) + 1
    quotes = 0
    for line, text in enumerate(held, start=begin):
        quotes += text.count('"')
        if quotes % 2:
            begin = line
            received = f"a quote that opens in line {line} and is not closed in it"
            break
    else:
        received = f"line {begin}"
    return invalid(
        f"{path} cannot be read as a table.",
        expected='pairs of quotes, "" for one within them, and cells separated by '
        f"{separator!r}",
        received=f"{received} ({what})",
        remedy="Close the quote, or take it out.",
    )
