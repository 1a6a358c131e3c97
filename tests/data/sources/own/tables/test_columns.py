"""Columns of a table before its numbers are read."""

import pytest

from learned_update.data.sources.own.tables.columns import Column, table_columns


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\n1,x\n2,y\n", [Column(0, "a", False), Column(1, "b", True)]),
        ("1;x\n2;y\n3;x\n", [Column(0, "", False), Column(1, "", True)]),
        (",a,b\n0,1,x\n1,2,y\n", [Column(1, "a", False), Column(2, "b", True)]),
        ("a,b\n1,x\n2,3\n4,5\n", [Column(0, "a", False), Column(1, "b", False)]),
        ("a,b\n1,NA\n2,\n", [Column(0, "a", False), Column(1, "b", False)]),
        ("", []),
    ],
    ids=["header", "semicolons", "index", "a mistake", "missing", "empty"],
)
def test_columns(tmp_path, text, expected):
    path = tmp_path / "table.csv"
    path.write_text(text)
    assert table_columns(path) == tuple(expected)
