"""Rules that somebody meta-trained, their cards, and how to load them.

The names are imported when they are first used: which rules there are can be said
without Keras.
"""

import importlib

_HOMES = {
    "adding": ("add_rule",),
    "card": ("Card", "Compute", "Result"),
    "conversion": ("convert_released_rule",),
    "loading": ("load_rule",),
    "released": ("load_released_rule", "released_variable_names"),
    "shelves": ("list_rules", "remove_rule", "rule_card"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME_OF)  # noqa: PLE0605


def __getattr__(name):
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = importlib.import_module(f"{__name__}.{_HOME_OF[name]}")
    return globals().setdefault(name, getattr(home, name))


def __dir__():
    return sorted({*globals(), *__all__})
