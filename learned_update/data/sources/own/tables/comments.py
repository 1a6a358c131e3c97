"""Lines of a table that are remarks, as `#` begins them."""

from learned_update.data.sources.own.tables.cells import is_number
from learned_update.data.sources.own.tables.dialects import width_of
from learned_update.data.sources.own.tables.rows import sample_rows

MARK = "#"


def begins_with_mark(line):
    """Whether a line may be a remark."""
    return line.lstrip().startswith(MARK)


def is_comment(line, dialect, width):
    """Whether a line that begins with `#` is no row of a table.

    It is one if its cells are as many as the table's, and the first is a word and
    another a number: a label that begins with `#`.

    Args:
        line: a string.
        dialect: `Dialect`.
        width: cells of a row.
    """
    if not begins_with_mark(line):
        return False
    cells = _cells(line, dialect)
    if len(cells) != width or is_number(cells[0], dialect.decimal):
        return True
    return not any(is_number(cell, dialect.decimal) for cell in cells[1:])


def header_in_comments(lines, dialect):
    """The position of a remark above the first row that names the columns.

    `numpy.savetxt` writes such headers.

    Args:
        lines: the first lines of a file.
        dialect: `Dialect`.

    Returns:
        An index of `lines`; None if there is no such line, or the first row has no
        number and thus names the columns itself.
    """
    rest = [line for line in lines if not begins_with_mark(line)]
    rows = sample_rows(rest, dialect.separator)
    if not rows or not any(is_number(cell, dialect.decimal) for cell in rows[0]):
        return None
    width, found = width_of(rows), None
    for position, line in enumerate(lines):
        if begins_with_mark(line):
            cells = _cells(line, dialect)
            names = not any(is_number(cell, dialect.decimal) for cell in cells)
            if len(cells) == width and names:
                found = position
        elif not line.isspace():
            break
    return found


def without_mark(line):
    """A line without the `#` that it begins with."""
    return line.lstrip().lstrip(MARK)


def _cells(line, dialect):
    rows = sample_rows([without_mark(line)], dialect.separator)
    return rows[0] if rows else []
