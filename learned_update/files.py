"""Files that are either whole or absent, and on disk when they are said to be."""

import contextlib
import errno
import os
import pathlib
import re
import tempfile

from learned_update.errors import describe, invalid

_TEMPORARY = re.compile(r"\..+-[a-z0-9_]{8}(\.[^.]+)?")  # as `atomic_path` names them
_AGAIN = "then give the same command again: what was written before is whole."
_REMEDIES = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), f"Make room there, {_AGAIN}"),
    **dict.fromkeys(
        (errno.EROFS, errno.EACCES, errno.EPERM), f"Make it writable, {_AGAIN}"
    ),
    **dict.fromkeys(
        (errno.ENOTDIR, errno.EEXIST, errno.EISDIR),
        f"Move away what is in the place of a folder or file, {_AGAIN}",
    ),
    errno.EIO: f"Look after the disk or the network, {_AGAIN}",
}


class StorageError(OSError):
    """Why a path could not be written or read and what to do; all that a user needs."""


def writing(path):
    """A block that writes a path; what the system says of it is worded.

    Args:
        path: of a file or folder.

    Raises:
        StorageError: the disk is full or read-only, a file is in the place of a
            folder, and the like; with the `errno` of the system.
    """
    return _worded(path, "written", "a folder with room that you may write in")


def reading(path):
    """As `writing`, of a path that is read."""
    return _worded(path, "read", "a file that you may read")


@contextlib.contextmanager
def _worded(path, deed, expected):
    try:
        yield
    except StorageError:
        raise
    except OSError as error:
        if error.errno not in _REMEDIES or not _concerns(error.filename, path):
            raise
        worded = StorageError(
            describe(
                f"{utf8_text(path)} could not be {deed}.",
                expected=expected,
                received=f"{os.strerror(error.errno)}"
                + (f" ({utf8_text(error.filename)})" if error.filename else ""),
                remedy=_REMEDIES[error.errno],
            )
        )
        worded.errno = error.errno
        raise worded from error


def _concerns(name, path):
    """Whether a name that the system gives is the path, in it, above or beside it."""
    if name is None or isinstance(name, int):
        return True
    name, path = (pathlib.Path(os.fsdecode(x)).absolute() for x in (name, path))
    return name.parent == path.parent or name in path.parents or path in name.parents


def check_utf8_path(path, remedy):
    """Refuses a path that TensorFlow, whose paths are UTF-8, cannot write to.

    Args:
        path: where something will be.
        remedy: what to do instead.

    Raises:
        ValueError: some bytes of the path are not UTF-8.
    """
    if utf8_text(path) != os.fspath(path):
        raise invalid(
            f"TensorFlow cannot write to {utf8_text(path)}.",
            expected="a path in UTF-8",
            received=f"bytes that are not: {os.fsencode(path)!r}",
            remedy=remedy,
        )


def utf8_text(path):
    r"""A path or a part of it as text that any file can hold; other bytes as `\xff`."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextlib.contextmanager
def atomic_path(path):
    """Yields a temporary path beside `path` that replaces it when the block succeeds.

    Args:
        path: where the file will be; its folder is made if needed.

    Yields:
        A `pathlib.Path` with the same suffix.

    Raises:
        StorageError: as `writing`.
    """
    path = pathlib.Path(path)
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(
            dir=path.parent, prefix=f".{path.stem}-", suffix=path.suffix
        )
        os.close(handle)
        temporary = pathlib.Path(name)
        try:
            yield temporary
            temporary.chmod(0o666 & ~_umask())  # `mkstemp` keeps others out
            sync(temporary)
            os.replace(temporary, path)
            sync(path.parent)
        finally:
            temporary.unlink(missing_ok=True)


def slug(name):
    """A name as a part of a path: lower case, all but letters and digits a dash."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower())


def sync(path):
    """Returns when a file, or the names in a folder, are on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # not of this file system
            raise
    finally:
        os.close(handle)


def remove_temporaries(*folders):
    """Removes what `atomic_path` left in folders when a process was killed.

    Args:
        folders: in which nobody else writes now; those that do not exist are left out.

    Returns:
        The paths removed.
    """
    left = [
        path
        for folder in map(pathlib.Path, folders)
        if folder.is_dir()
        for path in sorted(folder.iterdir())
        if _TEMPORARY.fullmatch(path.name) and path.is_file()
    ]
    for path in left:
        path.unlink()
    return left
