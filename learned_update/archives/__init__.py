"""Zip archives, read so that no damage goes unnoticed."""

from learned_update.archives.arrays import open_archive
from learned_update.archives.directory import check_archive

__all__ = ["check_archive", "open_archive"]
