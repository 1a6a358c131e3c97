"""Files are whole or absent, and readable as any other."""

import os
import pathlib
import stat

import pytest

from learned_update.files import atomic_path, check_utf8_path, utf8_text


def test_file_appears_when_it_is_whole(tmp_path):
    path = tmp_path / "folder" / "a.txt"
    with atomic_path(path) as temporary:
        temporary.write_text("whole")
        assert not path.exists()
    assert path.read_text() == "whole"
    assert os.listdir(path.parent) == ["a.txt"]
    plain = pathlib.Path(tmp_path / "plain")
    plain.touch()
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


def test_failure_leaves_what_was_there(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("before")

    def fail():
        with atomic_path(path) as temporary:
            temporary.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_text() == "before"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_paths_that_are_not_utf8():
    path = pathlib.Path("caf\xe9") / os.fsdecode(b"caf\xe9")
    assert utf8_text(path.parent) == "caf\xe9"
    assert utf8_text(path) == r"caf\xe9/caf\xe9".replace(r"\xe9", "\xe9", 1)
    check_utf8_path(path.parent, "Rename it.")
    message = (
        r"TensorFlow cannot write to .*xe9. Expected: a path in UTF-8. .* Rename it"
    )
    with pytest.raises(ValueError, match=message):
        check_utf8_path(path, "Rename it.")
