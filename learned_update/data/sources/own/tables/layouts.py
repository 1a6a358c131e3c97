"""What the rows of a text file are: separators, names, labels, an index."""

import itertools
import pathlib
from typing import NamedTuple

from learned_update.data.sources.own.guesses import INFER
from learned_update.data.sources.own.tables.cells import is_number
from learned_update.data.sources.own.tables.comments import (
    begins_with_mark,
    header_in_comments,
    is_comment,
    without_mark,
)
from learned_update.data.sources.own.tables.dialects import (
    Dialect,
    directive,
    infer_dialect,
    may_be_one_column,
    width_of,
)
from learned_update.data.sources.own.tables.headers import Header, infer_header
from learned_update.data.sources.own.tables.rows import sample_rows
from learned_update.errors import invalid

SEPARATORS = {".csv": ",", ".tsv": "\t"}  # by suffix
_LINES, _CHARACTERS = 100, 1 << 18  # of the sample that guesses are made from


class Layout(NamedTuple):
    """How the cells of a file are a table.

    Attributes:
        dialect: `Dialect`.
        width: cells of a row, that of a trailing separator aside.
        trailing: whether a separator ends each row.
        header: whether the first row names the columns.
        names: one per column; empty strings without a header.
        label: index of the column of labels; None if there is none.
        index: index of a column that is left out; None if there is none.
    """

    dialect: Dialect
    width: int
    trailing: bool
    header: bool
    names: tuple[str, ...]
    label: int | None
    index: int | None

    @property
    def inputs(self):
        """Indices of the columns that hold the numbers."""
        return [
            column
            for column in range(self.width)
            if column not in (self.label, self.index)
        ]


def read_layout(path, lines, label, header, separator, decimal):
    """Looks at the first lines of a file.

    Args:
        path: the file.
        lines: its lines, an iterator.
        label: as in `read_table`.
        header: as in `read_table`.
        separator: as in `read_table`.
        decimal: as in `read_table`.

    Returns:
        `Layout`, None for a file without a row; the lines, remarks made empty; and a
        list of what was guessed, which grows while the lines are read.

    Raises:
        ValueError: if there is no column `label`.
    """
    sample = _sample(lines)
    named = directive(sample[0]) if sample and separator == INFER else None
    if named:
        sample[0], separator = "\n", named
    marked = any(not begins_with_mark(line) and line.strip() for line in sample)
    usual = SEPARATORS.get(pathlib.Path(path).suffix.lower(), ",")
    plain = [line for line in sample if not (marked and begins_with_mark(line))]
    dialect = infer_dialect(plain, usual, separator, decimal)
    guesses = []
    if marked and (position := header_in_comments(sample, dialect)) is not None:
        sample[position] = without_mark(sample[position])
        guesses.append("the names of columns are taken from a line that begins with #")
        plain = [line for line in sample if not begins_with_mark(line)]
    rows = sample_rows(plain, dialect.separator)
    width = width_of(rows)
    guesses += _guesses(dialect, width, usual, separator, decimal)
    lines = itertools.chain(sample, lines)
    if marked:
        lines = _uncommented(lines, dialect, width, guesses)
    if not rows:
        return None, lines, guesses
    free = label is None and {header, separator, decimal} == {INFER}
    if free and may_be_one_column(rows, dialect):
        guesses.append("each line is taken for two whole numbers, not for a fraction")
    return _layout(path, rows, dialect, label, header, guesses), lines, guesses


def _sample(lines):
    sample, characters = [], 0
    for line in lines:
        sample.append(line)
        characters += len(line)
        if len(sample) >= _LINES or (characters > _CHARACTERS and len(sample) > 2):
            break
    return sample


def _uncommented(lines, dialect, width, guesses):
    count = 0
    for line in lines:
        if is_comment(line, dialect, width):
            count += 1
            yield "\n"
        else:
            yield line
    if count:
        guesses.append(f"lines that begin with # are left out, {count}")


def _guesses(dialect, width, usual, separator, decimal):
    guesses = []
    if separator == INFER and dialect.separator != usual:
        separated = f"cells are taken as separated by {dialect.separator!r}"
        guesses.append(separated if width > 1 else "a line is taken for one cell")
    if decimal == INFER and dialect.decimal != ".":
        guesses.append(f"fractions are taken as written with {dialect.decimal!r}")
    return guesses


def _layout(path, rows, dialect, label, header, guesses):
    first, others = rows[0], rows[1:]
    width = width_of(rows)
    trailing = (
        width > 1
        and not any(cells[-1] for cells in others or rows)
        and len(first) in (width, width - 1)
        and (len(first) < width or not first[-1])
    )
    if trailing:
        width -= 1
        guesses.append("the separator at the end of the lines is left out")
    elif 1 < len(first) == width - 1 and not _has_number(first, dialect):
        first = ["", *first]  # R names all columns but that of the names of rows
    first = first[:width] if trailing else first
    column = _column(path, label, first, header)
    even = [cells[:width] for cells in others if len(cells) - trailing == len(first)]
    found = _header([first, *even], column, label, header, dialect)
    if found.doubt:
        taken = "names of columns" if found.present else "an example"
        guesses.append(
            f"the first row, {', '.join(first)!r:.80}, is taken for {taken}, but "
            f"{found.doubt}"
        )
    names = tuple(first) if found.present else ("",) * len(first)
    index = _index(names, column) if found.present else None
    layout = Layout(dialect, len(first), trailing, found.present, names, column, index)
    guesses += _guesses_of_names(layout)
    return layout


def _guesses_of_names(layout):
    guesses = []
    if layout.index is not None:
        guesses.append("column 1, without a name, is left out as an index of the rows")
    nameless = [f"{n + 1}" for n in layout.inputs if not layout.names[n]]
    if layout.header and nameless:
        guesses.append(f"columns without a name are kept: {', '.join(nameless[:9])}")
    return guesses


def _has_number(cells, dialect):
    return any(is_number(cell, dialect.decimal) for cell in cells)


def _header(rows, column, label, header, dialect):
    if header != INFER:
        return Header(header)
    if isinstance(label, str) and rows[0][column] == label and not is_number(label):
        return Header(True)
    return infer_header(rows, column, dialect.decimal)


def _index(names, label):
    """The first column, if it alone has no name: pandas writes an index so."""
    return 0 if not names[0] and label != 0 and any(names) else None


def _column(path, label, first, header):
    """Index of the column of labels."""
    if label is None:
        return None
    is_name = isinstance(label, str) and first.count(label) == 1 and header is not False
    if is_name and not is_number(label):
        return first.index(label)
    try:
        return range(len(first))[int(label)]
    except (ValueError, IndexError, TypeError) as error:
        if is_name:
            return first.index(label)
        raise invalid(
            f"{path} has no single column {label!r}.",
            expected=f"a name in its first row, or an index in 0..{len(first) - 1}",
            received=f"label={label!r}; the first row is {', '.join(first)!r:.200}",
            remedy="Name the column of labels, or give its index; cells are "
            f"{len(first)} in a row if separated as here.",
        ) from error
