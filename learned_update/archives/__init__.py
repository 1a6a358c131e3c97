"""Zip archives, read so that no damage goes unnoticed."""

from learned_update.archives.arrays import open_archive
from learned_update.archives.directory import check_archive
from learned_update.archives.seal import check_seal, seal

__all__ = ["check_archive", "check_seal", "open_archive", "seal"]
