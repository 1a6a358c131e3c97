"""SHA-256 of files."""

import hashlib
import pathlib

from learned_update.errors import invalid


def file_sha256(path):
    """SHA-256 of a file, 64 hexadecimal digits."""
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def check_sha256(path, expected):
    """Raises `ValueError` unless a file has the SHA-256 that is expected of it."""
    received = file_sha256(path)
    if received != expected.strip().lower():
        raise invalid(
            f"{path} is not the file that was expected: it was changed, or is damaged.",
            expected=f"SHA-256 {expected}",
            received=f"SHA-256 {received}",
            remedy="It was not loaded. Fetch it again, with its card, from a source "
            "that you trust.",
        )
