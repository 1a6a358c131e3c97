"""Tables of numbers in text files."""

import numpy as np
import pytest

from learned_update.data.sources.own.tables import read_table

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
    assert values.dtype == np.float32
    expected = np.array([[5.1, 3.5], [4.9, -0.3]], "float32")
    np.testing.assert_array_equal(values, expected)
    assert labels == ["setosa", "virginica, blue"]
    assert columns == ("length", "width")


@pytest.mark.parametrize(
    ("content", "label", "labels", "columns"),
    [
        ("1,2\n3,4\n", None, None, ()),
        ("a,b\n1,2\n3,4", None, None, ("a", "b")),
        ("\ufeffa,b\r\n1,2\r\n3,4\r\n", None, None, ("a", "b")),
        ("z,1,2\ny,3,4\n", 0, ["z", "y"], ()),
        ("1,7,2\n3,10,4\n", 1, [7, 10], ()),
        ("1,07,2\n3,10,4\n", 1, ["07", "10"], ()),
        ("a,kind,b\n1,7,2\n3,x,4\n", "kind", ["7", "x"], ("a", "b")),
        (",a,kind\n1,2,x\n3,4,y\n", "kind", ["x", "y"], ("", "a")),
        ("0,1,kind\n1,2,x\n3,4,y\n", "kind", ["x", "y"], ("0", "1")),
        ("\n1,2\n\n3,4\n\n", None, None, ()),
    ],
    ids=[
        "bare",
        "header",
        "windows",
        "first",
        "integers",
        "leading zero",
        "mixed",
        "unnamed",
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
            "float32. Received: '' in row 3, column 2. Complete or impute",
        ),
        ("1,\n2,3\n", None, "Received: '' in row 1, column 2."),
        ("1,NA\n2,3\n", None, "no finite number.*Received: 'NA' in row 1, column 2."),
        ("a,b\n\n1,nan\n", None, "Received: 'nan' in row 3, column 2."),
        ("a,b\n1,2\n-inf,2\n", None, "Received: '-inf' in row 3, column 1."),
        ("a,b\n1,1e39\n", None, "Received: '1e39' in row 2, column 2."),
        (FLOWERS, None, "Received: 'setosa' in row 2, column 3.*`label`"),
        (
            "a,kind\n1,x\n2, \n",
            "kind",
            "empty. Expected: a label. Received: '' in row 3, column 2.",
        ),
        ("a,b\n1,2\n1,2,3\n", None, "Expected: 2 cells, .*Received: 3 in row 3."),
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
        (b"1,\xff\n", None, "cannot be read as a table.*separated by ','.*0xff"),
        ('1,2\n3,"' + "4" * 200_000, None, "cannot be read as a table.*near line 2"),
    ],
    ids=[
        "missing",
        "missing at once",
        "words",
        "nan",
        "infinite",
        "large",
        "strings",
        "no label",
        "ragged",
        "no name",
        "no index",
        "two names",
        "empty",
        "blank",
        "header only",
        "labels only",
        "encoding",
        "field",
    ],
)
def test_what_is_wrong_with_a_table_is_said(write, content, label, message):
    with pytest.raises(ValueError, match=message):
        read_table(write(content), label)


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="missing.csv"):
        read_table(tmp_path / "missing.csv")
