"""Tasks of one shape of the base model, which are vectorised together."""

from typing import Any, NamedTuple

import gin

from learned_update.errors import invalid


class TaskGroup(NamedTuple):
    """What a group of tasks trains, and how many there are at a time.

    Attributes:
        tasks: `TaskDistribution` that the tasks are drawn from.
        units: widths of the base model, bottom to top.
        slots: number of tasks at a time.
        activation: of the base model; the rule's own if None.
        batch_size: examples of an inner batch.
    """

    tasks: Any
    units: tuple[int, ...]
    slots: int = 8
    activation: Any = None
    batch_size: int = 64


@gin.configurable(module="learned_update")
def task_group(
    tasks=gin.REQUIRED,
    units=gin.REQUIRED,
    slots=8,
    activation=None,
    batch_size=64,
):
    """A `TaskGroup`, from gin.

    Args:
        tasks: `TaskDistribution` that the tasks are drawn from.
        units: widths of the base model, bottom to top.
        slots: number of tasks at a time.
        activation: of the base model; the rule's own if None.
        batch_size: examples of an inner batch.
    """
    return TaskGroup(tasks, tuple(units), slots, activation, batch_size)


def check_group(group):
    """Raises `ValueError` for numbers that make no sense."""
    if group.slots < 1 or group.batch_size < 2:
        raise invalid(
            "A group of tasks has too few tasks, or too small batches.",
            expected="slots of at least 1, batch_size of at least 2",
            received=f"slots={group.slots}, batch_size={group.batch_size}",
            remedy="Give larger numbers.",
        )
