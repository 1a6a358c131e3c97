"""Encodings of text files, found by what the bytes can be."""

import codecs
from typing import NamedTuple

from learned_update.data.sources.own.guesses import INFER
from learned_update.errors import invalid

_MARKS = (  # the longest first: UTF-32 begins like UTF-16
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HEAD = 4096  # bytes in which zeros tell UTF-16
_CHUNK = 1 << 20
_WESTERN = "cp1252"  # Latin-1, and what Windows has where that has control codes


class Encoding(NamedTuple):
    """How a file's bytes are text.

    Attributes:
        name: a codec of Python.
        guessed: whether the bytes could be text in another encoding too.
    """

    name: str
    guessed: bool = False


def encoding_of(path, encoding=INFER):
    """The encoding of a text file.

    A byte-order mark says it; without one it is UTF-8 if the bytes can be, UTF-16 if
    every second byte at the file's beginning is mostly zero, and else the Western
    European one of Windows, of which Latin-1 is a part: the last two are guesses.

    Args:
        path: a file.
        encoding: a codec of Python; "infer" finds it.

    Returns:
        `Encoding`.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: if there is no such codec.
    """
    if encoding != INFER:
        return Encoding(_known(encoding))
    with open(path, "rb") as file:
        head = file.read(_HEAD)
        for mark, name in _MARKS:
            if head.startswith(mark):
                return Encoding(name)
        zeros = [head[start::2].count(0) for start in (0, 1)]
        if sum(zeros) > len(head) / 4:
            name = "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
            return Encoding(name, guessed=True)
        file.seek(0)
        return Encoding("utf-8") if _is_utf8(file) else Encoding(_WESTERN, guessed=True)


def _known(encoding):
    try:
        return codecs.lookup(encoding).name
    except (LookupError, TypeError) as error:
        raise invalid(
            "There is no such encoding.",
            expected="a codec of Python such as 'utf-8', 'latin-1', 'utf-16', or "
            f"{INFER!r}",
            received=f"encoding={encoding!r}",
            remedy="Leave it out to have it found.",
        ) from error


def _is_utf8(file):
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def decoded(path, file):
    """Yields the lines of an open text file.

    Raises:
        ValueError: if its bytes are no text in its encoding.
    """
    try:
        yield from file
    except UnicodeError as error:
        raise invalid(
            f"{path} cannot be read as text.",
            expected=f"text in {file.encoding}",
            received=f"{error}",
            remedy="Name its `encoding`, such as 'utf-8', 'latin-1' or 'utf-16', or "
            "convert it with `iconv -t utf-8`.",
        ) from error
