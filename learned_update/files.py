"""Files that are either whole or absent."""

import contextlib
import os
import pathlib
import tempfile


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
