"""Data sets, and the few-shot tasks that are drawn from them."""

from learned_update.data.catalogue.dataset_names import dataset_names, group_names
from learned_update.data.catalogue.partitions import (
    PARTS,
    check_disjoint,
    names_of_part,
    part_of,
)
from learned_update.data.catalogue.writing_systems import (
    HELD_OUT_SCRIPTS,
    META_TRAIN_SCRIPTS,
)
from learned_update.data.dataset import (
    Dataset,
    check_dataset,
    check_labelled,
    flatten,
    several,
    split,
    subset,
)
from learned_update.data.registry import load, load_all, prepare
from learned_update.data.sources.digits import digits
from learned_update.data.sources.glyphs.scripts import glyphs, scripts
from learned_update.data.sources.own.own_data import from_arrays, from_path, from_texts
from learned_update.data.sources.two_moons import two_moons
from learned_update.data.tasks.augmentation import Augmentation
from learned_update.data.tasks.distribution import Task, TaskDistribution
from learned_update.data.tasks.input_maps import InputMapDistribution
from learned_update.data.tasks.mixtures import (
    named_dataset,
    named_datasets,
    task_distribution,
)

__all__ = [
    "HELD_OUT_SCRIPTS",
    "META_TRAIN_SCRIPTS",
    "PARTS",
    "Augmentation",
    "Dataset",
    "InputMapDistribution",
    "Task",
    "TaskDistribution",
    "check_dataset",
    "check_disjoint",
    "check_labelled",
    "dataset_names",
    "digits",
    "flatten",
    "from_arrays",
    "from_path",
    "from_texts",
    "glyphs",
    "group_names",
    "load",
    "load_all",
    "named_dataset",
    "named_datasets",
    "names_of_part",
    "part_of",
    "prepare",
    "scripts",
    "several",
    "split",
    "subset",
    "task_distribution",
    "two_moons",
]
