"""Zip archives that end with the SHA-256 of themselves, so that any damage shows."""

import hashlib
import os
import zipfile

_MARK = b"sha256:"  # begins the comment, which follows the digest's bytes in hex
_BYTES = len(_MARK) + 64
_LENGTH_BYTES = 2  # of the comment's length, the last field before it
_END = b"PK\x05\x06"
_END_BYTES = 22  # of the record at the end of an archive without a comment
_PIECE = 1 << 20


def seal(path):
    """Gives a zip archive without a comment one: the SHA-256 of all bytes before it.

    Args:
        path: of the archive, which any reader of zip files still reads.
    """
    with open(path, "r+b") as file:
        file.seek(-_LENGTH_BYTES, os.SEEK_END)
        file.write(_BYTES.to_bytes(_LENGTH_BYTES, "little"))
        file.write(_MARK + _digest(file, file.tell()))


def check_seal(file):
    """Raises `zipfile.BadZipFile` unless all bytes are as they were sealed.

    An archive that was never sealed passes if it ends as one.

    Args:
        file: open binary file.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _BYTES))
    tail = file.read()
    if tail.startswith(_MARK) and len(tail) == _BYTES:
        if tail != _MARK + _digest(file, size - _BYTES):
            raise zipfile.BadZipFile("its bytes are not those that were written")
    elif (
        tail[-_END_BYTES : -_END_BYTES + 4] != _END or tail[-_LENGTH_BYTES:] != b"\0\0"
    ):
        raise zipfile.BadZipFile("it has no end, or another one than was written")
    file.seek(0)


def _digest(file, size):
    """SHA-256 of the first bytes of a file, in hex."""
    total = hashlib.sha256()
    file.seek(0)
    while size:
        piece = file.read(min(size, _PIECE))
        total.update(piece)
        size -= len(piece)
    return total.hexdigest().encode()
