"""Meta-training: the trainer, its state on disk, and runs."""

from learned_update.training.directory.anew import begin_anew
from learned_update.training.guards.guards import Guards
from learned_update.training.objective import cosine_objective, squared_objective
from learned_update.training.optimizer import adam
from learned_update.training.runs.experiment import experiment
from learned_update.training.runs.metrics_log import MetricsLog
from learned_update.training.runs.run import INITIAL_RULE_FILE, meta_train
from learned_update.training.saving.archive import read_checkpoint
from learned_update.training.saving.checkpoint import (
    restore_checkpoint,
    save_checkpoint,
)
from learned_update.training.saving.folder import checkpoints, outer_step_of
from learned_update.training.schedule import Schedule
from learned_update.training.shapes import sampled_groups
from learned_update.training.task_group import TaskGroup, task_group
from learned_update.training.theta_average import ThetaAverage, theta_average
from learned_update.training.trainer import MetaTrainer

__all__ = [
    "INITIAL_RULE_FILE",
    "Guards",
    "MetaTrainer",
    "MetricsLog",
    "Schedule",
    "TaskGroup",
    "ThetaAverage",
    "adam",
    "begin_anew",
    "checkpoints",
    "cosine_objective",
    "experiment",
    "meta_train",
    "outer_step_of",
    "read_checkpoint",
    "restore_checkpoint",
    "sampled_groups",
    "save_checkpoint",
    "squared_objective",
    "task_group",
    "theta_average",
]
