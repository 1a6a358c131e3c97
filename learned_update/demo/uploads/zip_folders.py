"""Zips of folders, unpacked so that nothing gets out of its place or over a limit."""

import pathlib
import stat
import zipfile

from learned_update.archives import check_archive
from learned_update.demo.uploads.limits import check_files, megabytes
from learned_update.errors import InvalidInputError, invalid

_PIECE = 1 << 20
_ENCRYPTED = 1  # of a member's flags
_NOT_OURS = "__MACOSX"  # notes of another system beside the files


def unpack(path, folder, limits):
    """Writes the files of a zip below a folder.

    The sizes that a zip declares are checked first, then the bytes as they come.
    Zips inside are files like others.

    Args:
        path: of the zip.
        folder: that exists and is empty.
        limits: `Limits`.

    Raises:
        ValueError: a member would lie outside of the folder, is a link or encrypted,
            there are too many or too large ones, or the zip is damaged.
    """
    name = pathlib.Path(path).name
    try:
        with zipfile.ZipFile(path) as archive:
            members = [x for x in archive.infolist() if _is_wanted(x)]
            check_files(name, len(members))
            check_unpacked(name, sum(x.file_size for x in members), limits)
            for member in members:
                _check_member(name, member)
            check_archive(archive)
            _write_all(archive, members, folder, limits)
    except InvalidInputError:
        raise
    except Exception as error:  # damaged archives make zipfile raise many kinds
        raise invalid(
            f"{name} cannot be unpacked.",
            expected="a zip of a folder, without a password",
            received=f"{type(error).__name__}: {error}",
            remedy="Make the zip again.",
        ) from error


def check_unpacked(name, size, limits):
    """Raises `ValueError` if the members of a zip are larger than the limit."""
    if size > limits.unpacked:
        raise invalid(
            f"{name} holds more than it may when it is unpacked.",
            expected=f"at most {megabytes(limits.unpacked)}",
            received=f"{megabytes(size)} or more",
            remedy="Give a part of it, or start the page with a larger "
            "--max_megabytes.",
        )


def content_of(folder):
    """The folder that holds more than one folder: a zip often begins with its own."""
    entries = [entry for entry in folder.iterdir() if entry.name[0] != "."]
    if len(entries) == 1 and entries[0].is_dir():
        return content_of(entries[0])
    return folder


def _is_wanted(member):
    first = pathlib.PurePosixPath(member.filename).parts[:1]
    return not member.is_dir() and first != (_NOT_OURS,)


def _check_member(name, member):
    paths = [
        kind(text)
        for kind in (pathlib.PurePosixPath, pathlib.PureWindowsPath)
        for text in (member.filename, member.orig_filename)
    ]
    if any(path.anchor or path.drive or ".." in path.parts for path in paths):
        raise _refused(name, member, "a path that leads out of its folder")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise _refused(name, member, "a link")
    if member.flag_bits & _ENCRYPTED:
        raise _refused(name, member, "an encrypted file")


def _refused(name, member, what):
    return invalid(
        f"{name} holds {what}.",
        expected="files and folders below it, without a password",
        received=f"{member.orig_filename!r:.200}",
        remedy="Make the zip again without it.",
    )


def _write_all(archive, members, folder, limits):
    written = 0
    for member in members:
        target = folder.joinpath(*pathlib.PurePosixPath(member.filename).parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(member) as source, open(target, "xb") as file:
            while piece := source.read(_PIECE):
                written += len(piece)
                check_unpacked(pathlib.Path(archive.filename).name, written, limits)
                file.write(piece)
