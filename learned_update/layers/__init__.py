"""Keras layers: the base model and the parts of the update rule."""

from learned_update.layers.base_mlp import BaseMLP
from learned_update.layers.rules import configured_rule
from learned_update.layers.unit_states.error_network import ErrorNetwork
from learned_update.layers.update_network import UpdateNetwork
from learned_update.layers.update_rule import UpdateRule

__all__ = ["BaseMLP", "ErrorNetwork", "UpdateNetwork", "UpdateRule", "configured_rule"]
