"""Keras layers: the base model and the parts of the update rule."""

from learned_update.layers.base_mlp import BaseMLP
from learned_update.layers.local_rules.by_name import LOCAL_RULES, local_rule
from learned_update.layers.rule import Rule
from learned_update.layers.rules import configured_rule
from learned_update.layers.unit_states.error_network import ErrorNetwork
from learned_update.layers.update_network import UpdateNetwork
from learned_update.layers.update_rule import UpdateRule

__all__ = [
    "LOCAL_RULES",
    "BaseMLP",
    "ErrorNetwork",
    "Rule",
    "UpdateNetwork",
    "UpdateRule",
    "configured_rule",
    "local_rule",
]
