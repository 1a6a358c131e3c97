"""Texts in files, one per line."""

import pathlib

from learned_update.errors import invalid


def read_lines(path):
    """The lines of a text file, each an example.

    Args:
        path: a file in UTF-8; blank lines at its end are left out.

    Returns:
        A list of strings without line ends.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: if the file is not in UTF-8, holds no text, or has a blank line
            among others.
    """
    path = pathlib.Path(path)
    try:
        lines = path.read_text(encoding="utf-8-sig").rstrip().split("\n")
    except UnicodeDecodeError as error:
        raise invalid(
            f"{path} cannot be read as text.",
            expected="text in UTF-8",
            received=f"{error}",
            remedy="Convert it, such as with `iconv -t utf-8`.",
        ) from error
    blank = [number for number, line in enumerate(lines, start=1) if not line.strip()]
    if blank:
        raise invalid(
            f"{path} holds empty texts.",
            expected="one text per line",
            received=f"{len(blank)} blank of {len(lines)} lines, the first is line "
            f"{blank[0]}",
            remedy="Take the blank lines out.",
        )
    return lines
