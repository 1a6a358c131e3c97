"""Meta-learned unsupervised update rules (Metz et al., ICLR 2019)."""

from learned_update.layers import BaseMLP, ErrorNetwork, UpdateNetwork, UpdateRule
from learned_update.meta import (
    inner_step,
    meta_objective,
    phi_change,
    train_base_model,
    unroll,
)
from learned_update.training import MetaTrainer, TaskGroup, meta_train
from learned_update.types import Activations, LayerParams, Phi, Statistics
from learned_update.version import __version__
from learned_update.zoo import (
    load_released_rule,
    load_rule,
    released_variable_names,
)

__all__ = [
    "Activations",
    "BaseMLP",
    "ErrorNetwork",
    "LayerParams",
    "MetaTrainer",
    "Phi",
    "Statistics",
    "TaskGroup",
    "UpdateNetwork",
    "UpdateRule",
    "__version__",
    "inner_step",
    "load_released_rule",
    "load_rule",
    "meta_objective",
    "meta_train",
    "phi_change",
    "released_variable_names",
    "train_base_model",
    "unroll",
]
