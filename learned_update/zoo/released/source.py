"""Where the authors' checkpoint lies: at a prefix, in a folder or in a zip."""

import contextlib
import pathlib
import tempfile
import zipfile

from learned_update.archives import check_archive
from learned_update.errors import InvalidInputError, invalid

_INDEX = ".index"
_DATA = ".data-"
_JUNK = ("__MACOSX", "._")  # what macOS adds to archives


@contextlib.contextmanager
def checkpoint_prefix(source):
    """Yields the prefix of the one TensorFlow checkpoint of a source.

    Of a zip only the files of the checkpoint are unpacked, to a temporary folder.

    Args:
        source: prefix of a checkpoint, or path of a folder or zip that holds one, at
            any depth.

    Raises:
        OSError: the source cannot be read, or the folder holds no checkpoint.
        ValueError: there is none in the zip, or several, or the zip is corrupt.
    """
    path = pathlib.Path(source)
    if path.is_dir() and not path.with_name(path.name + _INDEX).is_file():
        yield _in_folder(path)
    elif path.is_file() and (path.suffix == ".zip" or zipfile.is_zipfile(path)):
        with tempfile.TemporaryDirectory() as folder:
            yield _unpacked(path, pathlib.Path(folder))
    else:
        yield path


def _in_folder(folder):
    prefixes = [
        path.with_suffix("")
        for path in sorted(folder.rglob("*" + _INDEX))
        if not path.name.startswith(_JUNK)
    ]
    if not prefixes:
        raise FileNotFoundError(
            f"There is no TensorFlow checkpoint in {folder}. Expected: files "
            f"NAME{_INDEX} and NAME{_DATA}*. Received: a folder without them. Name "
            "the folder, zip or prefix of the authors' checkpoint."
        )
    return _only([str(prefix) for prefix in prefixes], folder, "Name one of them.")


def _unpacked(path, folder):
    """The prefix of a zip's checkpoint, unpacked to a folder."""
    with path.open("rb") as file:
        prefix, members = _members(path, file)
    for name, content in members.items():
        (folder / name).write_bytes(content)
    return folder / prefix


def _members(path, file):
    """The checkpoint of a zip: its prefix, and its files by name, without folders."""
    try:
        with zipfile.ZipFile(file) as archive:
            check_archive(archive)
            names = [n for n in archive.namelist() if not _is_junk(n)]
            prefixes = sorted(
                name.removesuffix(_INDEX) for name in names if name.endswith(_INDEX)
            )
            prefix = _only(prefixes, path, "Unpack it and name one of them.")
            return _parts(prefix).name, {
                _file_name(name, path): archive.read(name)
                for name in names
                if name.startswith((prefix + _INDEX, prefix + _DATA))
            }
    except InvalidInputError:
        raise
    except Exception as error:  # a damaged or encrypted zip raises many kinds
        raise invalid(
            f"{path} cannot be unpacked.",
            expected="a zip of the authors' checkpoint, as downloaded",
            received=str(error) or type(error).__name__,
            remedy="Download it again.",
        ) from error


def _file_name(name, path):
    """The name of a member without the folders of its name."""
    parts = _parts(name)
    if parts.is_absolute() or ".." in parts.parts or ":" in name:
        raise invalid(
            f"{path} holds a file that would be unpacked outside of its folder.",
            expected="names below the folder of the archive",
            received=name,
            remedy="Do not use this archive; download it from its authors.",
        )
    return parts.name


def _only(prefixes, source, remedy):
    if len(prefixes) != 1:
        raise invalid(
            f"{source} does not hold one TensorFlow checkpoint.",
            expected="one",
            received=", ".join(prefixes) or "none",
            remedy=remedy if prefixes else "Pass the zip of the authors' weights.",
        )
    return prefixes[0]


def _is_junk(name):
    return any(part.startswith(_JUNK) for part in _parts(name).parts)


def _parts(name):
    """The name of a member, which Windows may have written, as a path."""
    return pathlib.PurePosixPath(name.replace("\\", "/"))
