"""Files that are either whole or absent."""

import contextlib
import os
import pathlib
import tempfile

from learned_update.errors import invalid


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
    """
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(
        dir=path.parent, prefix=f".{path.stem}-", suffix=path.suffix
    )
    os.close(handle)
    temporary = pathlib.Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())  # `mkstemp` keeps others out
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
