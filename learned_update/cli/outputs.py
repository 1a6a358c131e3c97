"""Whether what is to be written can be: found out before the work, not after it."""

import os
import pathlib

from learned_update.errors import describe, invalid


def check_output(path, force):
    """Refuses a path to be written if it exists, or cannot come to exist.

    Args:
        path: of a file or folder.
        force: whether what is there may be overwritten.

    Raises:
        ValueError: there is something already, and `force` is not given.
        OSError: as `check_folder` of the folder that it lies in.
    """
    path = pathlib.Path(path)
    if path.exists() and not force:
        raise invalid(
            f"{path} exists already.",
            expected="a path at which there is nothing, or --force",
            received=f"{path}",
            remedy="Name another path, or give --force to overwrite it.",
        )
    check_folder(path.absolute().parent)


def check_file_output(path, force):
    """As `check_output`, for a file: what is a folder already is refused, too."""
    if pathlib.Path(path).is_dir():
        raise invalid(
            f"{path} is a folder.",
            expected="the path of a file",
            received=f"{path}",
            remedy="Name a file in it, or another path.",
        )
    check_output(path, force)


def check_folder(folder):
    """Refuses a folder that nothing can be written in, or that cannot be made.

    Raises:
        NotADirectoryError: a part of its path is a file.
        PermissionError: nobody may write where it is, or would be.
    """
    folder = pathlib.Path(folder).absolute()
    there = next(path for path in (folder, *folder.parents) if path.exists())
    if not there.is_dir():
        raise NotADirectoryError(
            describe(
                f"Nothing can be written in {folder}.",
                expected="a folder, or a path at which one can be made",
                received=f"{there}, which is a file",
                remedy="Name another path.",
            )
        )
    if not os.access(there, os.W_OK):
        raise PermissionError(
            describe(
                f"Nothing can be written in {folder}.",
                expected="a folder that you may write in",
                received=f"{there}, which is read-only for you",
                remedy="Name another path, or change its permissions.",
            )
        )
