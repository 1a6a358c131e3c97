"""Gin files: found, parsed strictly, kept with the results. No other room is needed."""

from learned_update.configuration.finding import find, gin_files, gin_folder
from learned_update.configuration.kept import CONFIG_FILE, save, save_operative
from learned_update.configuration.loading import load, replace

__all__ = [
    "CONFIG_FILE",
    "find",
    "gin_files",
    "gin_folder",
    "load",
    "replace",
    "save",
    "save_operative",
]
