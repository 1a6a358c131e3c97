"""Inner steps, unrolls, the meta-objective and its gradient."""

from learned_update.meta.base_training import BaseTrainer, train_base_model
from learned_update.meta.inner_step import inner_step, phi_change
from learned_update.meta.meta_gradient import MetaGradient, meta_gradient
from learned_update.meta.objective import meta_objective
from learned_update.meta.truncated_step import TruncatedStep
from learned_update.meta.unroll import truncated_unroll, unroll

__all__ = [
    "BaseTrainer",
    "MetaGradient",
    "TruncatedStep",
    "inner_step",
    "meta_gradient",
    "meta_objective",
    "phi_change",
    "train_base_model",
    "truncated_unroll",
    "unroll",
]
