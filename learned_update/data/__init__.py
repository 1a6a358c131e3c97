"""Data sets, and the few-shot tasks that are drawn from them."""

from learned_update.data.dataset import (
    Dataset,
    check_dataset,
    flatten,
    split,
    subset,
)
from learned_update.data.digits import digits
from learned_update.data.glyph_tasks import glyph_tasks
from learned_update.data.glyphs import glyphs, scripts
from learned_update.data.input_maps import InputMapDistribution
from learned_update.data.registry import dataset_names, load
from learned_update.data.tasks import Task, TaskDistribution
from learned_update.data.unseen import unseen_datasets
from learned_update.data.writing_systems import HELD_OUT_SCRIPTS, META_TRAIN_SCRIPTS

__all__ = [
    "HELD_OUT_SCRIPTS",
    "META_TRAIN_SCRIPTS",
    "Dataset",
    "InputMapDistribution",
    "Task",
    "TaskDistribution",
    "check_dataset",
    "dataset_names",
    "digits",
    "flatten",
    "glyph_tasks",
    "glyphs",
    "load",
    "scripts",
    "split",
    "subset",
    "unseen_datasets",
]
