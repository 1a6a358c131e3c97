"""Keras layers: the base model and the parts of the update rule."""

from learned_update.layers.bases.attention import AttentionBase
from learned_update.layers.bases.conv import ConvBase
from learned_update.layers.bases.kinds import (
    BASE_FORMS,
    BASE_MODELS,
    MLP_FORM,
    base_model,
)
from learned_update.layers.bases.mlp import BaseMLP
from learned_update.layers.local_rules.by_name import LOCAL_RULES, local_rule
from learned_update.layers.rule import Rule
from learned_update.layers.rules import configured_rule
from learned_update.layers.unit_states.error_network import ErrorNetwork
from learned_update.layers.update_network import UpdateNetwork
from learned_update.layers.update_rule import UpdateRule

__all__ = [
    "BASE_FORMS",
    "BASE_MODELS",
    "LOCAL_RULES",
    "MLP_FORM",
    "AttentionBase",
    "BaseMLP",
    "ConvBase",
    "ErrorNetwork",
    "Rule",
    "UpdateNetwork",
    "UpdateRule",
    "base_model",
    "configured_rule",
    "local_rule",
]
