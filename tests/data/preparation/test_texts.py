"""Texts in memory, checked so that none is taken for another."""

import numpy as np
import pytest

from learned_update.data.preparation.texts import check_utf8, strings


class Table:
    """What iterates like a data frame: over the names of its columns."""

    ndim = 2
    shape = (2, 2)
    columns = ("title", "text")

    def __iter__(self):
        return iter(self.columns)


class Column:
    """What iterates like a column of a data frame: over its cells."""

    ndim = 1

    def __iter__(self):
        return iter(["one", "two"])


@pytest.mark.parametrize(
    "texts",
    [
        ["one", "two"],
        ("one", "two"),
        Column(),
        np.array(["one", "two"]),
        np.array(["one", "two"], object),
        {"x": "one", "y": "two"}.values(),
        iter(["one", "two"]),
    ],
)
def test_texts_in_their_order(texts):
    assert list(strings(texts)) == ["one", "two"]


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ("one text", r"This is a single text.*str of length 8. Put it into a list"),
        (bytearray(b"one"), "This is a single text.*bytearray of length 3"),
        (
            Table(),
            r"These are no texts. Expected: a list, a column .*Received: Table of "
            r"shape \(2, 2\) with the columns 'title', 'text'. Give the column of",
        ),
        (np.array([["a", "b"]]), r"ndarray of shape \(1, 2\). Give the column"),
        (np.array([["a"], ["b"]]), r"ndarray of shape \(2, 1\). Give the column"),
        (np.array("one"), r"ndarray of shape \(\). Give the column"),
        (
            {"title": ["a"], "text": ["b"]},
            r"dict with the keys title, text. Give its values: `list\(texts.values",
        ),
        ({"b", "a"}, r"set, which has no order. Give a list: `sorted\(texts\)`"),
        ({"b": 1}.keys(), "dict_keys, which has no order"),
        (7, "int, 7. `from_path` reads files"),
        (None, "NoneType, None. `from_path` reads files"),
        (["a", ["b"]], r"Text 1 is no string.*Received: \['b'\]. Leave it out"),
        (["a", float("nan")], "Text 1 is no string.*Received: nan"),
    ],
    ids=[
        *("string", "bytearray", "table", "2-D", "column", "0-D", "dict", "set"),
        *("keys", "int", "None", "list", "nan"),
    ],
)
def test_what_is_no_texts(texts, message):
    with pytest.raises(ValueError, match=message):
        list(strings(texts))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"caf\xe9", r"Text 1 of data set 'x' is not in UTF-8.*b'caf\\xe9' \(unexp"),
        ("a cat".encode("utf-16"), r"Received: b'\\xff\\xfea\\x00.*Decode it first"),
    ],
)
def test_bytes_in_other_encodings(text, message):
    check_utf8(["caf\xe9", "caf\xe9".encode()], "x")
    with pytest.raises(ValueError, match=message):
        check_utf8(["caf\xe9", text], "x")
