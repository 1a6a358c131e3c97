"""Files are whole or absent, and readable as any other."""

import errno
import os
import pathlib
import stat

import pytest

from learned_update.files import (
    StorageError,
    atomic_path,
    check_utf8_path,
    remove_temporaries,
    utf8_text,
    writing,
)


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


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (errno.ENOSPC, "No space left on device. Make room there, then give the same"),
        (errno.EROFS, "Read-only file system. Make it writable, then give the same"),
        (errno.EIO, "Input/output error. Look after the disk or the network"),
    ],
)
def test_a_disk_that_takes_no_more_is_named(tmp_path, monkeypatch, number, message):
    path = tmp_path / "a.txt"
    path.write_text("before")

    def refuse(_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    message = f"a.txt could not be written.*{message}"
    with pytest.raises(StorageError, match=message), atomic_path(path) as temporary:
        temporary.write_text("half")
    assert path.read_text() == "before"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_file_in_the_place_of_a_folder(tmp_path):
    (tmp_path / "a").touch()
    message = r"a/b/c.txt could not be written.*\(.*a/b\). Move away what is in the"
    path = tmp_path / "a" / "b" / "c.txt"
    with pytest.raises(StorageError, match=message) as caught, atomic_path(path):
        pass
    assert caught.value.errno == errno.ENOTDIR


def test_what_does_not_concern_the_path_is_not_worded(tmp_path):
    with pytest.raises(IsADirectoryError), writing(tmp_path / "there"):
        pathlib.Path("/usr").write_text("")
    with pytest.raises(FileNotFoundError), writing(tmp_path / "there"):
        (tmp_path / "missing").read_text()


def test_folders_are_synced_and_file_systems_that_cannot_are_no_error(
    tmp_path, monkeypatch
):
    synced = []
    fsync = os.fsync

    def noted(handle):
        synced.append(os.readlink(f"/proc/self/fd/{handle}"))
        if os.path.isdir(synced[-1]):
            raise OSError(errno.EINVAL, "no such operation")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", noted)
    with atomic_path(tmp_path / "a.txt") as temporary:
        temporary.write_text("whole")
    assert synced == [str(temporary), str(tmp_path)]


def test_only_temporaries_are_removed(tmp_path):
    with atomic_path(tmp_path / "a.txt") as temporary:
        another = "y" if temporary.stem.endswith("z") else "z"
        left = tmp_path / f"{temporary.stem[:-1]}{another}.txt"
        os.link(temporary, left)  # as a process that is killed now leaves it
    others = ["a.txt", ".lock", ".profile-of-mine.txt", "b-abcdefgh.txt"]
    for name in others:
        (tmp_path / name).touch()
    assert remove_temporaries(tmp_path, tmp_path / "missing") == [left]
    assert sorted(os.listdir(tmp_path)) == sorted(others)
