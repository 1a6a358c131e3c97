"""Zips: what is unpacked, and what is refused."""

import io
import stat
import zipfile

import pytest

from learned_update.demo.uploads import limits
from learned_update.demo.uploads.limits import Limits
from learned_update.demo.uploads.zip_folders import content_of, unpack
from tests.demo.zips import digits_zip

LIMITS = Limits(megabytes=1)


def _zip(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def _unpack(path, tmp_path):
    folder = tmp_path / "place" / "unpacked"
    folder.mkdir(parents=True)
    unpack(path, folder, LIMITS)
    return folder


def _files(folder):
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file()
    )


def test_files_lie_below_the_folder_and_their_own_folder_is_found(tmp_path):
    path = digits_zip(tmp_path / "digits.zip", each=2)
    folder = _unpack(path, tmp_path)
    assert _files(folder) == [f"digits/{d}/{n}.png" for d in range(3) for n in range(2)]
    assert content_of(folder) == folder / "digits"
    assert content_of(folder / "digits") == folder / "digits"


@pytest.mark.parametrize(
    "name",
    [
        "../evil.png",
        "a/../../evil.png",
        "/evil.png",
        "..\\evil.png",
        "C:\\evil.png",
        "C:evil.png",
        "\\\\host\\share\\evil.png",
    ],
)
def test_a_path_that_leads_out_is_refused(tmp_path, name):
    path = _zip(tmp_path / "evil.zip", [("good.png", b"x"), (name, b"x")])
    with pytest.raises(ValueError, match="evil.zip holds a path that leads out of its"):
        _unpack(path, tmp_path)
    assert _files(tmp_path) == ["evil.zip"]


def test_a_link_is_refused(tmp_path):
    link = zipfile.ZipInfo("link.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = _zip(tmp_path / "evil.zip", [(link, "/etc/passwd")])
    with pytest.raises(ValueError, match="evil.zip holds a link.*'link.png'"):
        _unpack(path, tmp_path)


def test_an_encrypted_file_is_refused(tmp_path):
    path = _zip(tmp_path / "secret.zip", [("a.png", b"x")])
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"secret.zip holds an encrypted file"):
        _unpack(path, tmp_path)


def test_what_grows_over_the_limit_is_refused_before_it_is_written(tmp_path):
    path = _zip(tmp_path / "bomb.zip", [("a.png", bytes(LIMITS.unpacked + 1))])
    assert path.stat().st_size < LIMITS.bytes / 100
    with pytest.raises(ValueError, match=r"Expected: at most 4\.0 MB\. Received: 4\.0"):
        _unpack(path, tmp_path)
    assert _files(tmp_path) == ["bomb.zip"]


def test_a_size_that_is_a_lie_does_not_help(tmp_path):
    """The directory says one byte; what is written stays below the limit."""
    path = _zip(tmp_path / "lie.zip", [("a.png", bytes(LIMITS.unpacked + 1))])
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        begin = data.index(mark) + offset
        data[begin : begin + 4] = (1).to_bytes(4, "little")
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"lie\.zip (cannot be unpacked|holds more)"):
        _unpack(path, tmp_path)
    written = sum(x.stat().st_size for x in tmp_path.rglob("a.png"))
    assert written <= LIMITS.unpacked


def test_too_many_files_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MOST_FILES", 2)
    path = _zip(tmp_path / "many.zip", [(f"{n}.png", b"x") for n in range(3)])
    with pytest.raises(ValueError, match="holds too many files. Expected: at most 2"):
        _unpack(path, tmp_path)


def test_a_zip_inside_is_a_file(tmp_path):
    inner = io.BytesIO()
    _zip(inner, [("a.png", bytes(1000))])
    folder = _unpack(
        _zip(tmp_path / "outer.zip", [("inner.zip", inner.getvalue())]), tmp_path
    )
    assert _files(folder) == ["inner.zip"]


@pytest.mark.parametrize("change", [lambda data: data[:-30], lambda data: b"no zip"])
def test_a_damaged_zip_is_refused(tmp_path, change):
    path = digits_zip(tmp_path / "digits.zip", each=1)
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(ValueError, match="digits.zip cannot be unpacked.*BadZipFile"):
        _unpack(path, tmp_path)


def test_the_same_name_twice_is_refused(tmp_path):
    path = tmp_path / "twice.zip"
    with pytest.warns(UserWarning, match="Duplicate name"):
        _zip(path, [("a.png", b"x"), ("a.png", b"y")])
    with pytest.raises(ValueError, match="cannot be unpacked.*FileExistsError"):
        _unpack(path, tmp_path)


def test_limits_count_as_gradio_does():
    assert Limits(100).bytes == 100 * 2**20
    assert Limits(100).unpacked == 400 * 2**20
