"""Tables of numbers in text files."""

import numpy as np
import pytest

from learned_update.data.sources.own.tables.text_tables import read_table

FLOWERS = """\
length, width ,species
5.1,3.5,setosa

4.9,-3e-1,"virginica, blue"
"""


@pytest.fixture
def write(tmp_path):
    def _write(content, name="x.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return _write


@pytest.mark.parametrize("label", ["species", 2, -1, "2", "-1"])
def test_a_table_with_a_header_and_labels(write, label):
    values, labels, columns = read_table(write(FLOWERS), label)
    assert values.dtype == np.float64
    np.testing.assert_array_equal(values, [[5.1, 3.5], [4.9, -0.3]])
    assert labels == ["setosa", "virginica, blue"]
    assert columns == ("length", "width")


@pytest.mark.parametrize(
    ("content", "label", "labels", "columns"),
    [
        ("1,2.\n3,4\n", None, None, ()),
        ("a,b\n1,2\n3,4", None, None, ("a", "b")),
        ("\ufeffa,b\r\n1,2\r\n3,4\r\n", None, None, ("a", "b")),
        ("z,1,2\ny,3,4\n", 0, ["z", "y"], ()),
        ("1,7,2\n3,10,4\n", 1, [7, 10], ()),
        ("1,07,2\n3,10,4\n", 1, ["07", "10"], ()),
        ("a,kind,b\n1,7,2\n3,x,4\n", "kind", ["7", "x"], ("a", "b")),
        ("0,1,kind\n1,2,x\n3,4,y\n", "kind", ["x", "y"], ("0", "1")),
        ("\n1,2.\n \n3,4\n\n", None, None, ()),
    ],
    ids=[
        "bare",
        "header",
        "windows",
        "first",
        "integers",
        "leading zero",
        "mixed",
        "numbers as names",
        "blank lines",
    ],
)
def test_headers_and_labels_are_found(write, content, label, labels, columns):
    table = read_table(write(content), label)
    np.testing.assert_array_equal(table.values, [[1, 2], [3, 4]])
    assert table.labels == labels
    assert table.columns == columns


def test_tabs(write):
    table = read_table(write("a\tb\n1\t2\n", "x.tsv"))
    np.testing.assert_array_equal(table.values, [[1, 2]])
    assert table.columns == ("a", "b")


@pytest.mark.parametrize(
    ("content", "label", "message"),
    [
        (
            "a,b\n1,2\n3,\n",
            None,
            "x.csv has a cell that is empty. Expected: a number in the range of "
            "float32, its fraction after '.', cells separated by ','. Received: '' in "
            "row 3, column 2. Complete or impute",
        ),
        ("1,\n2,3\n", None, "Received: '' in row 1, column 2."),
        ("1,NA\n2,3\n", None, "no finite number.*Received: 'NA' in row 1, column 2."),
        ("a,b\n\n1,nan\n", None, "Received: 'nan' in row 3, column 2."),
        ("a,b\n1,2\n-inf,2\n", None, "Received: '-inf' in row 3, column 1."),
        ("a,b\n1,1e39\n", None, "Received: '1e39' in row 2, column 2."),
        (FLOWERS, None, "Received: 'setosa' in row 2, column 3.*`label`"),
        (
            "a,b\n1,2\n1,2,3\n",
            None,
            "Expected: 2 cells separated by ',', as in .*Received: 3 in row 3.",
        ),
        (
            FLOWERS,
            "colour",
            "has no single column 'colour'. Expected: a name in its first row, or an "
            "index in 0..2. Received: label='colour'; the first row is 'length, width, "
            "species'. Name",
        ),
        (FLOWERS, 3, "has no single column 3.*index in 0..2"),
        ("a,kind,kind\n1,x,y\n", "kind", "has no single column 'kind'"),
        ("", None, "holds no numbers. Expected: at least one row.*Received: no row."),
        ("\n\n", "kind", "holds no numbers.*Received: no row."),
        ("a,b\n", None, "holds no numbers.*Received: a header and 0 rows."),
        ("x\ny\n", 0, "holds no numbers.*Received: labels."),
        (b"1,\x81\n", None, "cannot be read as text. Expected: text in cp1252.*0x81"),
        ('1,2\n3,"' + "4" * 200_000, None, "cannot be read.*opens in line 2 and"),
        ("1,2\n3," + "4" * 200_000, None, "cannot be read.*line 2 .field larger"),
        ("1_0,2.5\n", None, "no finite number.*'1_0' in row 1, column 1."),
        (
            "a,b\n1,1700000000000000001\n",
            None,
            "a whole number of more digits than float64 holds.*'17[0]*1' in row 2, "
            "column 2.",
        ),
        ("a;b\n1;2\n1;2;3\n", None, "2 cells separated by ';'.*3 in row 3."),
        ("a,b\n1,5,2,5\n", None, "2 cells separated by ','.*4 in row 2."),
        ("1.234,5;2\n3,5;4\n", None, "after ',', cells separated by ';'.*'1.234,5'"),
        ('"1,500","2"\n"2,500","3"\n', None, "after '.', cells sep.*'1,500' in row 1"),
        ("a;b\n1 000;2\n", None, "'1 000' in row 2, column 1"),
        ("NA,2\n3,4\n", None, "'NA' in row 1, column 1"),
        ("NA,NA\n3,4\n5,6\n", None, "'NA' in row 1, column 1"),
        (",2\n3,4\n", None, "'' in row 1, column 1"),
    ],
    ids=[
        "missing",
        "missing at once",
        "words",
        "nan",
        "infinite",
        "large",
        "strings",
        "ragged",
        "no name",
        "no index",
        "two names",
        "empty",
        "blank",
        "header only",
        "labels only",
        "encoding",
        "field in quotes",
        "field",
        "underscore",
        "digits",
        "ragged semicolons",
        "decimal commas",
        "thousands",
        "thousands in quotes",
        "spaces in numbers",
        "missing first",
        "missing in the first row",
        "empty first",
    ],
)
def test_what_is_wrong_with_a_table_is_said(write, content, label, message):
    with pytest.raises(ValueError, match=message):
        read_table(write(content), label)


def test_missing_labels(write):
    table = read_table(write("a,k\n1,x\n2,NA\n3,\n4,y\n5,NaN\n6,<NA>\n"), "k")
    np.testing.assert_array_equal(table.values[:, 0], [1, 2, 3, 4, 5, 6])
    assert table.labels == ["x", None, None, "y", None, None]
    assert read_table(write("a,k\n1,10\n2,\n3,9\n"), "k").labels == [10, None, 9]


@pytest.mark.parametrize(
    ("content", "line", "what"),
    [
        ('a,k\n1,x\n2,"y\n3,z\n4,x\n', 3, "unexpected end of data"),
        ('a,k\n1,x\n2,"y\n3,"z"\n4,x\n', 3, "',' expected after"),
        ('a,k\n1,"x\n3,y\n5,"\n6,z\n', 2, "closed later"),
        ('a,k\n1,"x"y\n', 2, "',' expected after"),
        ('a,k\n1,"x"\n2,"\n', 3, "unexpected end of data"),
    ],
    ids=["to the end", "to the next", "around rows", "within a cell", "at the end"],
)
def test_a_quote_that_is_not_closed_is_named(write, content, line, what):
    message = (
        "x.csv cannot be read as a table. Expected: pairs of quotes, .*separated by "
        f"','. Received: .*line {line} .*{what}.*Close the quote, or take it out."
    )
    with pytest.raises(ValueError, match=message):
        read_table(write(content), "k")


def test_quotes_hold_separators_quotes_and_in_the_header_lines(write):
    content = '"a\n(cm)", "k"\n1, "x, ""y"""\n2,5" x\n'
    table = read_table(write(content), 1)
    assert table.columns == ("a\n(cm)",)
    assert table.labels == ['x, "y"', '5" x']


@pytest.mark.parametrize(
    ("argument", "value", "message"),
    [
        (
            "header",
            "yes",
            "no answer to header. Expected: True, False or 'infer'.",
        ),
        ("separator", "::", r"separated like this.*'\\t', or 'infer'. Received: separ"),
        ("separator", "", "Received: separator=''."),
        ("separator", 7, "Received: separator=7."),
        ("separator", '"', "separated like this"),
        ("decimal", ";", "written like this. Expected: '.', ',' or 'infer'. Received:"),
        (
            "encoding",
            "utf-9",
            "no such encoding.*'latin-1'.*Received: encoding='utf-9'",
        ),
        ("encoding", None, "no such encoding.*Received: encoding=None"),
    ],
)
def test_arguments_that_make_no_sense(write, argument, value, message):
    with pytest.raises(ValueError, match=message):
        read_table(write("1,2\n"), **{argument: value})


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="missing.csv"):
        read_table(tmp_path / "missing.csv")
