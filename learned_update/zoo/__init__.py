"""Rules that somebody meta-trained, their cards, and how to load them.

The names are imported when they are first used: which rules there are can be said
without Keras.
"""

from learned_update.lazy import lazily

_HOMES = {
    "adding": ("add_rule",),
    "blending": ("blend_rules",),
    "card": ("Card", "Compute", "Result"),
    "released.conversion": ("convert_released_rule",),
    "loading": ("load_rule",),
    "released.rule": ("load_released_rule", "released_variable_names"),
    "shelves": ("list_rules", "remove_rule", "rule_card"),
}
__getattr__, __dir__, _NAMES = lazily(__name__, _HOMES)
__all__ = [*_NAMES]  # noqa: PLE0604
