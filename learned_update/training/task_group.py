"""Tasks of one shape of the base model, which are vectorised together."""

from typing import Any, NamedTuple

import gin


class TaskGroup(NamedTuple):
    """What a group of tasks trains, and how many there are at a time.

    Attributes:
        tasks: `TaskDistribution` that the tasks are drawn from.
        units: widths of the base model, bottom to top.
        slots: number of tasks at a time.
        activation: of the base model.
    """

    tasks: Any
    units: tuple[int, ...]
    slots: int = 8
    activation: Any = "relu"


@gin.configurable(module="learned_update")
def task_group(tasks=gin.REQUIRED, units=gin.REQUIRED, slots=8, activation="relu"):
    """A `TaskGroup`, from gin."""
    return TaskGroup(tasks, tuple(units), slots, activation)
