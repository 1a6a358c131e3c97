"""Tables of numbers in text files."""

import csv
import pathlib
from typing import NamedTuple

import numpy as np

from learned_update.errors import invalid

DELIMITERS = {".csv": ",", ".tsv": "\t"}


class Table(NamedTuple):
    """A table of numbers, and the column of labels beside it.

    Attributes:
        values: `(rows, columns)` float32.
        labels: one per row: integers if all are, else strings; None if not asked for.
        columns: names of the columns of `values`; empty without a header.
    """

    values: np.ndarray
    labels: list | None
    columns: tuple[str, ...]


def read_table(path, label=None):
    """Reads a CSV file, or a TSV file if that is its suffix.

    The first row is a header if none of its cells, that of the labels aside, is a
    number, or if it holds the name `label`.

    Args:
        path: a file in UTF-8 with a row per example; blank lines are passed over.
        label: name or index of the column of labels; a number, in a string too, is an
            index, and may count from the end; None if there is none.

    Returns:
        `Table`.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: if a cell is missing or no finite number (its row and column are
            counted from 1, the header included), if rows differ in length, or if
            there is no such column, no row or no number.
    """
    path = pathlib.Path(path)
    rows = _rows(path)
    line, first = next(rows, (0, None))
    if first is None:
        raise _empty(path, "no row")
    column = None if label is None else _column(path, label, first)
    header = _is_name(label, first) or _is_header(first, column)
    columns = tuple(_without(first, column)) if header else ()

    values, labels = [], []
    if not header:
        _append(values, labels, path, line, first, column, first)
    for line, cells in rows:
        _append(values, labels, path, line, cells, column, first)
    values = np.array(values)
    if values.size == 0:
        raise _empty(path, f"a header and {len(values)} rows" if header else "labels")
    return Table(values, None if label is None else _typed(labels), columns)


def _empty(path, received):
    return invalid(
        f"{path} holds no numbers.",
        expected="at least one row with at least one number",
        received=received,
        remedy="Check how it was written.",
    )


def _rows(path):
    """Yields line numbers, counted from 1, and stripped cells."""
    delimiter = DELIMITERS.get(path.suffix.lower(), ",")
    with open(path, encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter)
        try:
            for cells in reader:
                if cells:
                    yield reader.line_num, [cell.strip() for cell in cells]
        except (csv.Error, UnicodeDecodeError) as error:
            raise invalid(
                f"{path} cannot be read as a table.",
                expected=f"text in UTF-8, cells separated by {delimiter!r}",
                received=f"{error}, near line {reader.line_num}",
                remedy="Write the file again.",
            ) from error


def _column(path, label, first):
    """Index of the column of labels."""
    if _is_name(label, first):
        return first.index(label)
    try:
        index = int(label)
        return range(len(first))[index]
    except (ValueError, IndexError) as error:
        raise invalid(
            f"{path} has no single column {label!r}.",
            expected=f"a name in its first row, or an index in 0..{len(first) - 1}",
            received=f"label={label!r}; the first row is {', '.join(first)!r:.200}",
            remedy="Name the column of labels, or give its index.",
        ) from error


def _is_name(label, first):
    return isinstance(label, str) and first.count(label) == 1 and not _is_number(label)


def _is_header(first, column):
    cells = [cell for cell in _without(first, column) if cell]
    return bool(cells) and not any(map(_is_number, cells))


def _append(values, labels, path, line, cells, column, first):
    """Adds the numbers of a row to `values`, and its label to `labels`."""
    if len(cells) != len(first):
        raise invalid(
            f"{path} has rows of different lengths.",
            expected=f"{len(first)} cells, as in its first row",
            received=f"{len(cells)} in row {line}",
            remedy="Complete the row; put quotes around cells that hold separators.",
        )
    try:
        with np.errstate(over="ignore"):  # becomes infinite, which is refused below
            numbers = np.array(list(map(float, _without(cells, column))), "float32")
        sound = np.isfinite(numbers).all()
    except ValueError:
        sound = False
    if not sound or (column is not None and not cells[column]):
        raise _bad_cell(path, line, cells, column)
    values.append(numbers)
    if column is not None:
        labels.append(cells[column])


def _bad_cell(path, line, cells, column):
    position = next(
        index
        for index, cell in enumerate(cells)
        if (not cell if index == column else not _fits(cell))
    )
    cell = cells[position]
    return invalid(
        f"{path} has a cell that is " + ("no finite number." if cell else "empty."),
        expected="a label"
        if position == column
        else "a number in the range of float32",
        received=f"{cell!r} in row {line}, column {position + 1}",
        remedy="Complete or impute the table, take out columns that are not numbers, "
        "and name the column of labels, if there is one, with `label`.",
    )


def _without(cells, column):
    return cells if column is None else cells[:column] + cells[column + 1 :]


def _is_number(cell):
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _fits(cell):
    return _is_number(cell) and abs(float(cell)) <= float(np.finfo("float32").max)


def _typed(labels):
    """Integers if all labels are written like integers, so that 10 follows 9."""
    try:
        integers = [int(label) for label in labels]
    except ValueError:
        return labels
    return integers if list(map(str, integers)) == labels else labels
