"""Imports what gin files configure."""

import importlib
import pkgutil

import learned_update

_NOT_CONFIGURED = ("cli", "version")


def register_all():
    """Imports every folder of the package, which registers its names with gin."""
    for module in pkgutil.iter_modules(learned_update.__path__):
        if module.name not in _NOT_CONFIGURED:
            importlib.import_module(f"learned_update.{module.name}")
