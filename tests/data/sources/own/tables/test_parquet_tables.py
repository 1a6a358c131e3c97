"""Tables of numbers in Parquet files."""

import datetime
import decimal
import json
import sys

import numpy as np
import pyarrow
import pytest
from pyarrow import parquet

from learned_update.data import flatten, from_path
from learned_update.data.sources.own.tables.parquet_tables import read_parquet

COLUMNS = {"p": [1.5, 2.5, -3e-1], "k": ["x", None, "y"], "n": [1, 2, 2**53]}


@pytest.fixture
def write(tmp_path):
    def _write(columns, metadata=None):
        table = pyarrow.table(columns).replace_schema_metadata(metadata)
        parquet.write_table(table, tmp_path / "x.parquet")
        return tmp_path / "x.parquet"

    return _write


@pytest.mark.parametrize("label", ["k", 1, "1", -2])
def test_numbers_and_labels(write, label):
    values, labels, columns = read_parquet(write(COLUMNS), label)
    assert values.dtype == np.float64
    np.testing.assert_array_equal(values, [[1.5, 1], [2.5, 2], [-0.3, 2**53]])
    assert labels == ["x", None, "y"]
    assert columns == ("p", "n")


def test_other_types_of_numbers(write):
    columns = {
        "b": [True, False],
        "d": [decimal.Decimal("1.25"), decimal.Decimal("-2.50")],
        "h": pyarrow.array([1, 2], "uint8"),
    }
    table = read_parquet(write(columns))
    np.testing.assert_array_equal(table.values, [[1, 1.25, 1], [0, -2.5, 2]])
    assert table.labels is None


@pytest.mark.parametrize("name", ["when", "__index_level_0__"])
def test_the_index_of_pandas_is_left_out(write, name):
    told = {b"pandas": json.dumps({"index_columns": ["when", {"kind": "range"}]})}
    path = write({"a": [1, 2], name: [7, 8]}, told)
    message = f"x.parquet: left out as an index of the rows: '{name}'. Where this is"
    with pytest.warns(UserWarning, match=message):
        table = read_parquet(path)
    assert table.columns == ("a",)
    assert read_parquet(path, name).labels == [7, 8]


@pytest.mark.parametrize(
    ("columns", "label", "message"),
    [
        (
            COLUMNS,
            None,
            "x.parquet has a cell that is no number of float64. Expected: a finite "
            "number, of no more digits than float64 holds. Received: 'x' in row 0 of "
            "'k', a column of string. Complete or impute",
        ),
        (
            {"a": [1, None]},
            None,
            "Received: nothing in row 1 of 'a', a column of int64",
        ),
        ({"a": [1, np.nan]}, None, "Received: nan in row 1 of 'a', a column of double"),
        ({"a": ["1", "2"]}, None, "Received: '1' in row 0 of 'a', a column of string"),
        ({"a": [2, 2**53 + 1]}, None, "Received: 9007199254740993 in row 1 of 'a'"),
        (
            {"a": [[1, 2]]},
            None,
            r"Received: \[1, 2\] in row 0 of 'a', a column of list",
        ),
        (
            {"a": [datetime.date(2024, 1, 2)]},
            None,
            r"Received: datetime.date\(2024, 1, 2\) in row 0 of 'a', a column of date",
        ),
        (
            COLUMNS,
            "q",
            "has no single column 'q'. Expected: one of its names, or an index in 0..2"
            ". Received: label='q'; the columns are 'p, k, n'. Name the column",
        ),
        (COLUMNS, 3, "has no single column 3"),
        ({"k": ["x", "y"]}, "k", "holds no numbers.*Received: 2 rows, the columns 'k'"),
        ({"a": pyarrow.array([], "int64")}, None, "Received: 0 rows, the columns 'a'"),
    ],
)
def test_what_is_wrong_with_a_table_is_said(write, columns, label, message):
    with pytest.raises(ValueError, match=message):
        read_parquet(write(columns), label)


def test_no_parquet_file(tmp_path):
    (tmp_path / "x.parquet").write_text("a,b\n1,2\n")
    message = (
        "x.parquet cannot be read as a Parquet file. Expected: what pandas, polars"
    )
    with pytest.raises(ValueError, match=message):
        read_parquet(tmp_path / "x.parquet")
    with pytest.raises(FileNotFoundError, match="missing.parquet"):
        read_parquet(tmp_path / "missing.parquet")


def test_pyarrow_is_missing(write, monkeypatch):
    path = write(COLUMNS)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    message = (
        r'missing. Expected: the package pyarrow.*pip install "learned-update.parq'
    )
    with pytest.raises(ValueError, match=message):
        read_parquet(path, "k")


def test_data_sets(write):
    path = write({"t": [1.7e9, 1.7e9 + 1, 1.7e9 + 2], "k": ["x", None, "y"]})
    with pytest.warns(UserWarning) as caught:  # noqa: PT030
        dataset = from_path(path, label="k")
    told = " ".join(str(warning.message) for warning in caught)
    assert "column 0 ('t'), counted from 0, had values" in told
    assert "1 of 3 labels are missing" in told
    assert dataset.name == "x"
    np.testing.assert_array_equal(flatten(dataset), [[-1], [0], [1]])
    assert dataset.labels.tolist() == [0, -1, 1]
