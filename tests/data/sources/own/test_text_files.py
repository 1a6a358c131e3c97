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
    ],
    ids=["blank", "empty"],
)
def test_what_is_no_text(tmp_path, content, message):
    (tmp_path / "x.txt").write_bytes(content)
    with pytest.raises(ValueError, match=message):
        read_lines(tmp_path / "x.txt")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
def test_marks_of_encodings(tmp_path, encoding):
    (tmp_path / "x.txt").write_text("é\nß\n", encoding=encoding)
    assert read_lines(tmp_path / "x.txt") == ["é", "ß"]


def test_other_encodings(tmp_path):
    path = tmp_path / "x.txt"
    path.write_bytes("café\nthé\n".encode("latin-1"))
    with pytest.warns(UserWarning, match="x.txt: the text is taken .* cp1252; name"):
        assert read_lines(path) == ["café", "thé"]
    assert read_lines(path, "latin-1") == ["café", "thé"]
    message = (
        "x.txt cannot be read as text. Expected: text in utf-8. .*0xe9 in position"
    )
    with pytest.raises(ValueError, match=message):
        read_lines(path, "utf-8")


def test_tables_of_numbers_are_no_texts(tmp_path):
    path = tmp_path / "x.txt"
    path.write_text("1.5 2\n3, 4e-1\n")
    with pytest.warns(UserWarning, match="x.txt holds nothing but numbers.* .csv"):
        assert read_lines(path) == ["1.5 2", "3, 4e-1"]


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="missing.txt"):
        read_lines(tmp_path / "missing.txt")
