"""Rules that somebody meta-trained, and how to load them."""

from learned_update.zoo.released import load_released_rule, released_variable_names
from learned_update.zoo.rule_files import load_rule

__all__ = ["load_released_rule", "load_rule", "released_variable_names"]
