"""Tasks of one shape of the base model, which are vectorised together."""

from typing import Any, NamedTuple

import gin

from learned_update.errors import invalid
from learned_update.layers.bases.kinds import MLP_FORM, BaseForm


class TaskGroup(NamedTuple):
    """What a group of tasks trains, and how many there are at a time.

    Attributes:
        tasks: `TaskDistribution` that the tasks are drawn from.
        units: widths of the base model, bottom to top.
        slots: number of tasks at a time.
        activation: of the base model; the rule's own if None.
        batch_size: examples of an inner batch.
        base: `BaseForm` of the base model; an MLP unless another is given.
    """

    tasks: Any
    units: tuple[int, ...]
    slots: int = 8
    activation: Any = None
    batch_size: int = 64
    base: Any = MLP_FORM


@gin.configurable(module="learned_update")
def task_group(
    tasks=gin.REQUIRED,
    units=gin.REQUIRED,
    slots=8,
    activation=None,
    batch_size=64,
    base=MLP_FORM,
):
    """A `TaskGroup`, from gin.

    Args:
        tasks: `TaskDistribution` that the tasks are drawn from.
        units: widths of the base model, bottom to top.
        slots: number of tasks at a time.
        activation: of the base model; the rule's own if None.
        batch_size: examples of an inner batch.
        base: what the base model is: `@mlp_base()`, `@conv_base()` or
            `@attention_base()`.
    """
    return TaskGroup(tasks, tuple(units), slots, activation, batch_size, base)


def check_group(group):
    """Raises `ValueError` for numbers that make no sense, and for no base model."""
    if not isinstance(group.base, BaseForm):
        raise invalid(
            "This is no form of a base model.",
            expected="task_group.base = @mlp_base(), @conv_base() or @attention_base()",
            received=f"base={group.base!r}",
            remedy="References begin with @, and end with () here.",
        )
    if group.slots < 1 or group.batch_size < 2:
        raise invalid(
            "A group of tasks has too few tasks, or too small batches.",
            expected="slots of at least 1, batch_size of at least 2",
            received=f"slots={group.slots}, batch_size={group.batch_size}",
            remedy="Give larger numbers.",
        )
