"""The trainer of what is measured, on tasks of rendered glyphs."""

from learned_update.benchmarks.measured_trainer import MeasuredTrainer
from learned_update.data.sources.glyphs.scripts import glyphs
from learned_update.data.tasks.augmentation import Augmentation
from learned_update.data.tasks.distribution import TaskDistribution
from learned_update.data.tasks.input_maps import InputMapDistribution
from learned_update.layers.update_rule import UpdateRule
from learned_update.training.schedule import Schedule
from learned_update.training.task_group import TaskGroup

SCRIPTS = ("latin", "greek", "cyrillic")


def make_trainer(configuration, **options):
    """`MeasuredTrainer` of tasks of glyphs of three scripts.

    Args:
        configuration: `Configuration`.
        options: further ones of the trainer.

    Raises:
        ValueError: a size makes no sense.
    """
    group = _group(configuration, _tasks(configuration))
    return _trainer(configuration, configuration.groups * [group], **options)


def make_series_trainer(configurations):
    """`MeasuredTrainer` that visits one group per configuration in turn.

    Args:
        configurations: several that differ in tasks, width, depth or batch size.
    """
    tasks = _tasks(configurations[0])
    groups = [_group(configuration, tasks) for configuration in configurations]
    return _trainer(configurations[0], groups, groups_per_step=1)


def _trainer(configuration, groups, **options):
    return MeasuredTrainer(
        UpdateRule(),
        groups,
        schedule=Schedule(truncation_lengths=(configuration.truncation_length,)),
        rematerialise=configuration.rematerialise,
        **options,
    )


def _group(configuration, tasks):
    return TaskGroup(
        tasks,
        units=configuration.units,
        slots=configuration.tasks // configuration.groups,
        batch_size=configuration.batch_size,
    )


def _tasks(configuration):
    datasets = [glyphs(script, size=configuration.size) for script in SCRIPTS]
    if not configuration.augmented:
        return TaskDistribution(datasets, input_maps=InputMapDistribution())
    return TaskDistribution(
        datasets,
        input_maps=InputMapDistribution(tilt=0, permutation=1),
        augmentation=Augmentation(rotation=15, shift=0.1, noise=0.1),
    )
