"""Tables of numbers in Parquet files."""

import pathlib
from numbers import Integral

import numpy as np

from learned_update.data.sources.own.guesses import say
from learned_update.data.sources.own.tables.table import Table
from learned_update.errors import invalid

_INDEX = "__index_level_"  # how pandas begins the name of an index without one


def read_parquet(path, label=None):
    """Reads a table of numbers, with pyarrow.

    The columns that pandas wrote as the index are left out, with a warning.

    Args:
        path: a `.parquet` file.
        label: name or index of the column of labels; None if there is none.

    Returns:
        `Table`; missing labels are None.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: if pyarrow is missing, the file cannot be read, there is no such
            column, or a column that is not that of labels holds other things than
            finite numbers that float64 can hold.
    """
    path = pathlib.Path(path)
    table = _read(path)
    names = table.column_names
    position = None if label is None else _position(path, label, names)
    index = [
        column
        for column, name in enumerate(names)
        if column != position and name in _index_names(table)
    ]
    inputs = [
        column for column in range(len(names)) if column not in (position, *index)
    ]
    if not inputs or not table.num_rows:
        raise invalid(
            f"{path} holds no numbers.",
            expected="at least one row with at least one number",
            received=f"{table.num_rows} rows, the columns {', '.join(names)!r:.200}",
            remedy="Check how it was written.",
        )
    columns = [_numbers(path, names[column], table.column(column)) for column in inputs]
    if index:
        listed = ", ".join(repr(names[column]) for column in index)
        say(
            f"{path}: left out as an index of the rows: {listed}. Where this is wrong, "
            "write the table with `reset_index()`."
        )
    labels = None if position is None else table.column(position).to_pylist()
    return Table(
        np.stack(columns, axis=1), labels, tuple(names[column] for column in inputs)
    )


def _read(path):
    try:
        from pyarrow import ArrowException, parquet
    except ImportError as error:
        raise invalid(
            "The package that reads Parquet files is missing.",
            expected="the package pyarrow",
            received=str(error),
            remedy='Install it: pip install "learned-update[parquet]".',
        ) from error
    try:
        return parquet.ParquetFile(path).read()
    except ArrowException as error:
        raise invalid(
            f"{path} cannot be read as a Parquet file.",
            expected="what pandas, polars or pyarrow wrote",
            received=f"{error}",
            remedy="Write it again, or as .csv.",
        ) from error


def _index_names(table):
    """Names of the columns that pandas wrote as the index."""
    described = table.schema.pandas_metadata or {}
    named = {
        name for name in described.get("index_columns", ()) if isinstance(name, str)
    }
    return named | {name for name in table.column_names if name.startswith(_INDEX)}


def _position(path, label, names):
    """Index of the column of labels: a name comes first, then an index."""
    if isinstance(label, str) and names.count(label) == 1:
        return names.index(label)
    try:
        return range(len(names))[int(label)]
    except (ValueError, IndexError, TypeError) as error:
        raise invalid(
            f"{path} has no single column {label!r}.",
            expected=f"one of its names, or an index in 0..{len(names) - 1}",
            received=f"label={label!r}; the columns are {', '.join(names)!r:.200}",
            remedy="Name the column of labels, or give its index.",
        ) from error


def _numbers(path, name, column):
    """A column as float64, `(rows,)`."""
    values = column.to_pylist()
    for row, value in enumerate(values):
        if not _is_number(value):
            received = f"{value!r}" if value is not None else "nothing"
            raise invalid(
                f"{path} has a cell that is no number of float64.",
                expected="a finite number, of no more digits than float64 holds",
                received=f"{received:.80} in row {row} of {name!r}, a column of "
                f"{column.type}",
                remedy="Complete or impute the table, take out columns that are no "
                "numbers, name the column of labels, if there is one, with `label`.",
            )
    return np.array(values, "float64")


def _is_number(value):
    try:
        number = float(value)
    except (TypeError, ValueError):
        return False
    exact = not isinstance(value, Integral) or int(number) == value
    return not isinstance(value, str | bytes) and np.isfinite(number) and exact
