"""Tables of numbers in text files."""

import pathlib

import numpy as np

from learned_update.data.labels import MISSING
from learned_update.data.sources.own.encodings import decoded, encoding_of
from learned_update.data.sources.own.guesses import INFER, check_yes_or_no, say
from learned_update.data.sources.own.tables.cells import (
    MOST_EXACT,
    is_number,
    is_rounded,
    number,
)
from learned_update.data.sources.own.tables.dialects import check_dialect
from learned_update.data.sources.own.tables.layouts import read_layout
from learned_update.data.sources.own.tables.rows import rows
from learned_update.data.sources.own.tables.table import Table
from learned_update.errors import invalid

_LARGEST = float(np.finfo("float32").max)


def read_table(
    path,
    label=None,
    header=INFER,
    separator=INFER,
    decimal=INFER,
    encoding=INFER,
):
    """Reads a table in a text file, `.csv`, `.tsv` or other.

    What is not given is found, and said in a warning where it is not what the suffix
    promises: the separator (comma, semicolon, tab, bar, spaces; a first line `sep=;`
    names it), the decimal comma, the encoding, and whether the first row is a header.
    Left out, with a warning too: lines that begin with `#`, the last of which above
    the rows may be the header; a separator at the end of all lines; and a first column
    without a name beside named ones, the index that pandas and R write.

    Args:
        path: a file with a row per example; blank lines are passed over.
        label: name or index of the column of labels; a number, in a string too, is an
            index, counts what is left out, and may count from the end; None if there
            is none.
        header: True if the first row names the columns, False if it is an example;
            "infer" finds it, see `infer_header`.
        separator: one character, a space for any number of them; "infer" finds it.
        decimal: "." or ",", what comes before a fraction; "infer" finds it.
        encoding: a codec of Python; "infer" finds it, see `encoding_of`.

    Returns:
        `Table`; its labels are integers if all are written so, else strings.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: if a cell is missing or no finite number, or a whole number with
            more digits than float64 holds (its row and column are counted from 1, the
            header included), if rows differ in length, a quote is not closed, or if
            there is no such column, no row or no number.
    """
    path = pathlib.Path(path)
    check_dialect(separator, decimal)
    check_yes_or_no("header", header)
    found = encoding_of(path, encoding)
    with open(path, encoding=found.name, newline="") as file:
        layout, lines, guesses = read_layout(
            path, decoded(path, file), label, header, separator, decimal
        )
        if found.guessed:
            guesses.append(f"the text is taken as written in {found.name}")
        if layout is None:
            raise _empty(path, "no row")
        numbered = rows(path, lines, layout.dialect.separator)
        if layout.header:
            next(numbered)
        values, labels = [], []
        for line, cells in numbered:
            cells = _complete(path, line, cells, layout)
            values.append(_numbers(path, line, cells, layout))
            labels.append(None if layout.label is None else cells[layout.label])
    table = np.array(values)
    if table.size == 0:
        header_and_rows = f"a header and {len(values)} rows"
        raise _empty(path, header_and_rows if layout.header else "labels")
    if guesses:
        say(
            f"{path}: {'; '.join(guesses)}. Where this is wrong, say what is right "
            "with `header`, `separator`, `decimal` or `encoding` of `from_path`."
        )
    names = [layout.names[column] for column in layout.inputs] if layout.header else ()
    return Table(table, None if label is None else _typed(labels), tuple(names))


def _empty(path, received):
    return invalid(
        f"{path} holds no numbers.",
        expected="at least one row with at least one number",
        received=received,
        remedy="Check how it was written.",
    )


def _complete(path, line, cells, layout):
    """The cells of a row, that of a trailing separator aside."""
    if layout.trailing and len(cells) > layout.width and not cells[-1]:
        cells = cells[:-1]
    if len(cells) != layout.width:
        raise invalid(
            f"{path} has rows of different lengths.",
            expected=f"{layout.width} cells separated by {layout.dialect.separator!r}, "
            "as in its first row",
            received=f"{len(cells)} in row {line}",
            remedy="Complete the row; put quotes around cells that hold separators; or "
            "name the `separator`.",
        )
    return cells


def _numbers(path, line, cells, layout):
    """The numbers of a row, float64."""
    decimal = layout.dialect.decimal
    given = [cells[column] for column in layout.inputs]
    try:
        numbers = [number(cell, decimal) for cell in given]
    except ValueError:
        raise _bad_cell(path, line, cells, layout) from None
    array = np.array(numbers)
    sizes = np.abs(array)
    exact = (sizes < MOST_EXACT).all() or not any(map(is_rounded, given, numbers))
    if not exact or not (sizes <= _LARGEST).all():
        raise _bad_cell(path, line, cells, layout)
    return array


def _bad_cell(path, line, cells, layout):
    separator, decimal = layout.dialect
    column = next(
        column for column in layout.inputs if not _fits(cells[column], decimal)
    )
    cell = cells[column]
    what = "no finite number" if cell else "empty"
    if is_number(cell, decimal) and is_rounded(cell, number(cell, decimal)):
        what = "a whole number of more digits than float64 holds"
    return invalid(
        f"{path} has a cell that is {what}.",
        expected="a number in the range of float32, its fraction after "
        f"{decimal!r}, cells separated by {separator!r}",
        received=f"{cell!r} in row {line}, column {column + 1}",
        remedy="Complete or impute the table, take out columns that are not numbers, "
        "name the column of labels, if there is one, with `label`, say with `header` "
        "whether the first row is one, and how cells are written with `separator` and "
        "`decimal`.",
    )


def _fits(cell, decimal):
    if not is_number(cell, decimal):
        return False
    value = number(cell, decimal)
    return abs(value) <= _LARGEST and not is_rounded(cell, value)


def _typed(labels):
    """Integers if all labels are written like integers, so that 10 follows 9."""
    labels = [None if label in MISSING else label for label in labels]
    known = [label for label in labels if label is not None]
    try:
        integers = {label: int(label) for label in known}
    except ValueError:
        return labels
    if any(str(integer) != label for label, integer in integers.items()):
        return labels
    return [integers.get(label) for label in labels]
