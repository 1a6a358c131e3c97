"""Columns of a table in a text file, looked at before its numbers are read."""

import itertools
import pathlib
from typing import NamedTuple

from learned_update.data.labels import MISSING
from learned_update.data.sources.own.encodings import decoded, encoding_of
from learned_update.data.sources.own.guesses import INFER
from learned_update.data.sources.own.tables.cells import is_word
from learned_update.data.sources.own.tables.layouts import read_layout
from learned_update.data.sources.own.tables.rows import sample_rows

_ROWS = 100  # that are looked at


class Column(NamedTuple):
    """A column of a table.

    Attributes:
        index: its number from 0, as `label` of `read_table` takes it.
        name: in the header; empty without one.
        words: whether most cells of the first rows are neither numbers nor missing.
    """

    index: int
    name: str
    words: bool


def table_columns(path):
    """The columns of a `.csv` or `.tsv` file, those that would be left out aside.

    Args:
        path: as for `read_table`, which finds separator, encoding and header likewise.

    Returns:
        A tuple of `Column`s; empty for a file without a row.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: its bytes are no text in the encoding that was found.
    """
    path = pathlib.Path(path)
    with open(path, encoding=encoding_of(path).name, newline="") as file:
        layout, lines, _ = read_layout(
            path, decoded(path, file), None, INFER, INFER, INFER
        )
        if layout is None:
            return ()
        head = itertools.islice(lines, _ROWS + 1)
        rows = sample_rows(head, layout.dialect.separator)
    even = [cells for cells in rows[layout.header :] if len(cells) >= layout.width]
    return tuple(
        Column(
            index,
            layout.names[index],
            _are_words([cells[index] for cells in even], layout.dialect.decimal),
        )
        for index in layout.inputs
    )


def _are_words(cells, decimal):
    """Whether most of the cells that are not missing are words."""
    present = [cell for cell in cells if cell not in MISSING]
    return sum(is_word(cell, decimal) for cell in present) > len(present) / 2
