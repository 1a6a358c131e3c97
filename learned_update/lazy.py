"""Names that are imported when they are first used."""

import importlib
import sys


def lazily(package, homes):
    """What makes a package import its names when they are first used (PEP 562).

    Args:
        package: its `__name__`.
        homes: `{module of the package: names in it}`.

    Returns:
        `(__getattr__, __dir__, names)` for the package.
    """
    home_of = {name: home for home, names in homes.items() for name in names}

    def get(name):
        if name not in home_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        home = importlib.import_module(f"{package}.{home_of[name]}")
        return vars(sys.modules[package]).setdefault(name, getattr(home, name))

    def listed():
        return sorted({*vars(sys.modules[package]), *home_of})

    return get, listed, tuple(home_of)
