"""Texts in files, one per line."""

import pytest

from learned_update.data.sources.own.text_files import read_lines


@pytest.mark.parametrize("end", ["", "\n", "\n\n \n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_text_per_line(tmp_path, end, encoding):
    (tmp_path / "x.txt").write_text("One \u2028é\n two\n3" + end, encoding=encoding)
    assert read_lines(tmp_path / "x.txt") == ["One \u2028é", " two", "3"]


def test_line_ends_of_windows(tmp_path):
    (tmp_path / "x.txt").write_bytes(b"one\r\ntwo\r\n")
    assert read_lines(tmp_path / "x.txt") == ["one", "two"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"one\n\ntwo\n \nthree",
            "x.txt holds empty texts. Expected: one text per line. Received: 2 blank "
            "of 5 lines, the first is line 2. Take the blank lines out",
        ),
        (b"", "Received: 1 blank of 1 lines, the first is line 1."),
        (
            b"caf\xe9\n",
            "x.txt cannot be read as text. Expected: text in UTF-8. Received: .*0xe9 in"
            " position 3",
        ),
    ],
    ids=["blank", "empty", "encoding"],
)
def test_what_is_no_text(tmp_path, content, message):
    (tmp_path / "x.txt").write_bytes(content)
    with pytest.raises(ValueError, match=message):
        read_lines(tmp_path / "x.txt")


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="missing.txt"):
        read_lines(tmp_path / "missing.txt")
