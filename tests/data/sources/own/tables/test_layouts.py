"""How tables are written is found, and said where it is a guess."""

import re

import numpy as np
import pytest

from learned_update.data.sources.own.tables.text_tables import read_table

NAMES = "the first row, '{}', is taken for names of columns, but {}"
COUNT, MIXED = "it counts from 0", "it holds numbers, too"
ORDER = "it holds numbers in order, unlike those below them"
INDEX = "column 1, without a name, is left out as an index of the rows"
SEMICOLON, TAB = "cells are taken as separated by ';'", r"separated by '\\t'"
COMMA = "fractions are taken as written with ','"
ONE = "a line is taken for one cell"
TWO = "each line is taken for two whole numbers, not for a fraction"
MARKED = "lines that begin with # are left out, 1"
TRAILING = "the separator at the end of the lines is left out"


@pytest.fixture
def read(tmp_path):
    def _read(content, label=None, name="x.csv", **arguments):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_table(path, label, **arguments)

    return _read


HEADERS = {
    "pandas": ("0,1\n1.5,2\n3,4\n", None, "0 1", NAMES.format("0, 1", COUNT)),
    "whole": ("0,1,2\n5,2,x\n3,4,y\n", 2, "0 1", NAMES.format("0, 1, 2", COUNT)),
    "label": ("0,1,2\nx,5,2\ny,3,4\n", 0, "1 2", NAMES.format("0, 1, 2", COUNT)),
    "index": (",0,1\n0,5,2\n1,3,4\n", None, "0 1", f"{COUNT}; {INDEX}"),
    "series": (",0\n0,5\n1,3\n2,4\n", None, "0", INDEX),
    "years": ("2001,2002\n1,2\n4,3\n", None, "2001 2002", ORDER),
    "gaps": ("2000,2005,2010\n1,2,9\n3,4,5\n", None, "2000 2005 2010", ORDER),
    "country": ("country,2001\n1,2\n3,4\n", None, "country 2001", MIXED),
    "labels": ("kind,2001,2002\nx,2,9\ny,3,4\n", 0, "2001 2002", ORDER),
    "fractions": ("9,3\n1.5,2.5\n3.5,4.5\n", None, "9 3", "whole numbers above frac"),
    "iris": (
        "150,4,setosa\n5.1,3.5,0\n4.9,3,1\n",
        -1,
        "150 4",
        "names of columns, but",
    ),
    "odd label": ("7,3,k\n1,2,x\n3,4,x\n8,2,y\n3,5,y\n", 2, "7 3", "nowhere else"),
    "named index": (",a,b\nx,1,2\ny,3,4\n", None, "a b", INDEX),
    "r": ('"a" "b"\n"1" 1 2\n"2" 3 4\n', None, "a b", f"separated by ' '; {INDEX}"),
    "remark": ("# a,b\n1,2.5\n3,4\n", None, "a b", "names of columns are taken from a"),
}


@pytest.mark.parametrize(
    ("content", "label", "names", "said"), HEADERS.values(), ids=HEADERS
)
def test_names_that_a_guess_finds(read, content, label, names, said):
    with pytest.warns(
        UserWarning, match=f"{re.escape(said)}.*Where this is wrong, say"
    ):
        table = read(content, label)
    assert table.columns == tuple(names.split())
    rows = [line for line in content.splitlines() if not line.startswith("#")]
    assert len(table.values) == len(rows) - (not content.startswith("#"))


@pytest.mark.parametrize(
    ("content", "label"),
    [
        ("0,1,2\n3,4,5\n6,7,8\n", None),
        ("0,1,2\n2,1,0\n1,0,2\n", None),
        ("1990,1995,2000\n2001,2005,2010\n", None),
        ("1,2,3\n0,9,2\n5,1,7\n", None),
        ("0,0,0\n0,1,1\n1,0,1\n", 2),
        ("0,1,0\n1,0,1\n", 2),
    ],
    ids=["all count", "orders", "all years", "amid others", "equal", "two inputs"],
)
def test_rows_like_the_others_are_examples(read, content, label, recwarn):
    table = read(content, label)
    assert table.columns == ()
    assert len(table.values) == content.count("\n")


def test_a_doubtful_example_is_said(read):
    with pytest.warns(UserWarning, match="'0', is taken for an example, but it counts"):
        assert read("0\n1\n2\n5\n").values.tolist() == [[0], [1], [2], [5]]


@pytest.mark.parametrize(
    ("content", "header", "values", "names"),
    [
        ("0,1,2\n5,6,7\n", False, [[0, 1, 2], [5, 6, 7]], ()),
        ("1.5,2\n5,6\n", True, [[5, 6]], ("1.5", "2")),
        ("0,1,2\n5,6,7\n", True, [[5, 6, 7]], ("0", "1", "2")),
    ],
)
def test_nothing_is_guessed_of_a_header_that_is_told(
    read, content, header, values, names
):
    table = read(content, header=header)
    assert table.values.tolist() == values
    assert table.columns == names


def test_labels_in_a_column_whose_name_is_a_number(read):
    table = read("2001,2002\n3,4\n5,6\n", "2001", header=True)
    assert table.labels == [3, 5]
    assert table.columns == ("2002",)
    message = "has no single column 'a'. Expected: .*index in 0..1"
    with pytest.raises(ValueError, match=message):
        read("a,b\n1,2\n", "a", header=False)


DIALECTS = {
    "semicolons": ("a;b\n1;2.5\n3;4\n", {}, SEMICOLON),
    "decimal commas": ("a;b\n1;2,5\n3;4,0\n", {}, f"{SEMICOLON}; {COMMA}"),
    "three places": ("1,000;2,500\n3,000;4,000\n", {}, f"{SEMICOLON}; {COMMA}"),
    "tabs": ("1\t2.5\n3\t4\n", {}, TAB),
    "tabs and commas": ("1,0\t2,5\n3\t4\n", {}, f"{TAB}; {COMMA}"),
    "bars": ("a|b\n1|2.5\n3|4\n", {}, r"separated by '\|'"),
    "spaces": ("  1   2.5 \n3 4\n", {}, "separated by ' '"),
    "quoted": ('"1,0","2,5"\n"3","4"\n', {}, COMMA),
    "remark": ("# by me, today, at noon\na,b\n1,2.5\n3,4\n", {}, MARKED),
    "remark within": ("1,2.5\n# 5,6\n3,4\n", {}, MARKED),
    "trailing": ("a,b,\n1,2.5,\n3,4,\n", {}, TRAILING),
    "trailing below": ("a;b\n1;2.5;\n3;4;\n", {}, f"{SEMICOLON}; {TRAILING}"),
    "trailing bare": ("1,2.5,\n3,4,\n", {}, TRAILING),
    "western": ("ä,b\n1,2.5\n3,4\n".encode("latin-1"), {}, "as written in cp1252"),
    "utf-16": ("a,b\n1,2.5\n3,4\n".encode("utf-16-le"), {}, "written in utf-16-le"),
}


@pytest.mark.parametrize(
    ("content", "arguments", "said"), DIALECTS.values(), ids=DIALECTS
)
def test_dialects_that_a_guess_finds(read, content, arguments, said):
    with pytest.warns(
        UserWarning, match=f"x.csv: .*{said}.*. Where this is wrong, say"
    ):
        table = read(content, **arguments)
    np.testing.assert_array_equal(table.values, [[1, 2.5], [3, 4]])


TOLD = {
    "usual": ("1,2.5\n3,4\n", {}),
    "separator": ("1;2.5\n3;4\n", {"separator": ";"}),
    "decimal": ("1;2,5\n3;4\n", {"separator": ";", "decimal": ","}),
    "line": ("sep=;\r\n1;2.5\r\n3;4\r\n", {}),
    "mark": ("1,2.5\n3,4\n".encode("utf-16"), {}),
    "long mark": ("1,2.5\n3,4\n".encode("utf-32"), {}),
    "western": ("ä,b\n1,2.5\n3,4\n".encode("latin-1"), {"encoding": "latin-1"}),
    "old lines": ("a,b\r1,2.5\r3,4\r", {}),
}


@pytest.mark.parametrize(("content", "arguments"), TOLD.values(), ids=TOLD)
def test_nothing_is_guessed_of_what_is_told(read, content, arguments):
    table = read(content, **arguments)
    np.testing.assert_array_equal(table.values, [[1, 2.5], [3, 4]])


def test_one_column_of_decimal_commas(read):
    with pytest.warns(UserWarning, match=f"{ONE}; {COMMA}"):
        assert read("a\n1,5\n2,5\n").values.tolist() == [[1.5], [2.5]]
    with pytest.warns(UserWarning, match=TWO):
        assert read("1,5\n2,5\n").values.tolist() == [[1, 5], [2, 5]]
    assert read("1,5\n2,5\n", separator=",").values.tolist() == [[1, 5], [2, 5]]
    with pytest.warns(UserWarning, match=ONE):
        assert read("1,5\n2,5\n", decimal=",").values.tolist() == [[1.5], [2.5]]


def test_labels_may_begin_with_the_mark_of_remarks(read):
    assert read("#red,1,2\n#blue,2,3\n", 0).labels == ["#red", "#blue"]
    assert read("red,1,2.5\n#blue,2,3\n", 0).labels == ["red", "#blue"]


def test_columns_without_a_name_are_said(read):
    with pytest.warns(UserWarning, match="columns without a name are kept: 2"):
        assert read("a,,c\n1,2,3\n").columns == ("a", "", "c")


def test_an_index_may_be_the_labels(read):
    table = read(",a,b\nx,1,2\ny,3,4\n", 0)
    assert table.labels == ["x", "y"]
    assert table.columns == ("a", "b")


def test_the_separator_in_an_error_is_the_one_that_was_asked_for(read):
    with pytest.raises(ValueError, match="separated by ','. Received: '1;2' in row 2"):
        read("a;b\n1;2\n", separator=",")


def test_what_is_after_the_sample_is_read_alike(read):
    head = "a;b\n" + "1;2\n" * 200
    with pytest.warns(UserWarning, match=SEMICOLON):
        table = read(head + "# end\n3;4.5\n")
    assert table.values[-1].tolist() == [3, 4.5]
    with pytest.raises(ValueError, match=r"'4,5' in row 202, column 2.*`decimal`"):
        read(head + "3;4,5\n")
