"""The trainer of an experiment's largest base model, without its data."""

import inspect
import itertools

import gin
import numpy as np

from learned_update import registration
from learned_update.benchmarks.measured_trainer import MeasuredTrainer
from learned_update.data.dataset import Dataset
from learned_update.errors import invalid

CLASSES, EXAMPLES_PER_CLASS = 40, 60
_BINDINGS = (
    "task_distribution.datasets = [@stand_in()]",
    "task_distribution.weights = None",
    "meta_train.held_out = ()",
    "meta_train.monitor = None",
)
_OF_RUN = ("rule", "groups", "groups_per_step")  # bound, but not for one bucket


def largest_bucket(gin_files, parameters):
    """`MeasuredTrainer` of one group: that with the most work per inner step.

    Args:
        gin_files: of an experiment.
        parameters: bindings after them.

    Returns:
        The trainer, with all that `meta_train` is configured with; its data are noise
        of the size of the tasks' images.

    Raises:
        ValueError: as `registration.configure`; or the files configure no run.
    """
    registration.configure(gin_files, [*parameters, *_BINDINGS])
    settings = gin.get_bindings("meta_train")
    if not {"rule", "groups"} <= set(settings):
        raise invalid(
            "The files configure no meta-training run.",
            expected="bindings of meta_train.rule and meta_train.groups",
            received=f"{list(gin_files)}",
            remedy="Pass an experiment, such as experiments/paper.gin.",
        )
    group = max(settings["groups"], key=work)
    of_trainer = inspect.signature(MeasuredTrainer).parameters.keys() - set(_OF_RUN)
    options = {name: settings[name] for name in of_trainer & settings.keys()}
    return MeasuredTrainer(settings["rule"](seed=0), [group], **options)


def work(group):
    """Multiplications of a forward pass of a `TaskGroup`'s inner batch."""
    widths = (group.tasks.input_dim, *group.units)
    return group.batch_size * sum(a * b for a, b in itertools.pairwise(widths))


@gin.configurable(module="learned_update.benchmarks")
def stand_in():
    """A `Dataset` of noise, as large as the images of `task_distribution`."""
    try:
        size = gin.query_parameter("task_distribution.size")
        channels = gin.query_parameter("task_distribution.channels")
    except ValueError as error:
        raise invalid(
            "The size of the images is not known without the data.",
            expected="bindings of size and channels of task_distribution",
            received=f"{error}",
            remedy="Add --gin_param task_distribution.size=16, and channels.",
        ) from error
    rng = np.random.default_rng(0)
    rows = CLASSES * EXAMPLES_PER_CLASS
    return Dataset(
        name="noise",
        images=rng.integers(0, 256, (rows, size, size, channels), dtype=np.uint8),
        labels=np.repeat(np.arange(CLASSES), EXAMPLES_PER_CLASS).astype(np.int32),
        class_names=tuple(map(str, range(CLASSES))),
    )
