"""How much a visitor may give."""

from typing import NamedTuple

from learned_update.errors import invalid

MEGABYTE = 1 << 20  # bytes, as Gradio counts
MOST_FILES = 50_000  # in one folder
MOST_PIXELS = 50_000_000  # of one image
UNPACKED = 4  # times the limit, of what a zip holds
MOST_STEPS = 10_000
MOST_UNITS, MOST_LAYERS = 1024, 8


class Limits(NamedTuple):
    """Limits of one visitor.

    Attributes:
        megabytes: of all files dropped at once.
    """

    megabytes: int

    @property
    def bytes(self):
        """Of all files dropped at once."""
        return self.megabytes * MEGABYTE

    @property
    def unpacked(self):
        """Bytes of what a zip holds."""
        return UNPACKED * self.bytes


def check_bytes(what, size, limits):
    """Raises `ValueError` if files are larger than the limit.

    Args:
        what: how a message calls them.
        size: bytes of all.
        limits: `Limits`.
    """
    if size > limits.bytes:
        raise invalid(
            f"{what} is too large.",
            expected=f"at most {limits.megabytes} MB in all",
            received=megabytes(size),
            remedy="Give fewer or smaller files, or start the page with a larger "
            "--max_megabytes.",
        )


def check_files(what, count):
    """Raises `ValueError` if there are more files than a folder may hold."""
    if count > MOST_FILES:
        raise invalid(
            f"{what} holds too many files.",
            expected=f"at most {MOST_FILES:,}",
            received=f"{count:,}",
            remedy="Give a part of them.",
        )


def megabytes(size):
    """Bytes in words."""
    return f"{size / MEGABYTE:,.1f} MB"
