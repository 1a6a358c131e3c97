"""The parts of an outer step, pure functions that are compiled alone or together."""

from typing import Any, NamedTuple

import keras
from keras import ops

from learned_update import backend
from learned_update.types import Phi, TruncationData


class GroupResult(NamedTuple):
    """What a truncation of a group gives.

    Attributes:
        gradient: mean over the tasks, one tensor per trainable variable.
        phi: `Phi` after it, the spare one where it is not finite; leading `tasks` axis.
        broken: whether a task's gradient or phi is not finite, `(tasks,)` bool.
        figures: meta-loss, accuracy on the query and norm of the gradient before it
            is clipped, `(3, tasks)`.
    """

    gradient: list[Any]
    phi: Phi
    broken: Any
    figures: Any


def truncate(estimator, step, theta, phi, resident, spare, drawn):
    """A truncation of a group: unrolls begun, unrolled on, and mended.

    Args:
        estimator: `(step, theta, phi, data) -> MetaGradient`.
        step: `TruncatedStep` of the group.
        theta: values for the rule's trainable variables.
        phi: `Phi` after the last truncation, leading `tasks` axis.
        resident: `Resident`.
        spare: `Phi` that takes the place of one that is not finite.
        drawn: `GroupDraw`.

    Returns:
        `GroupResult`.
    """
    phi = _selected(drawn.begins, drawn.fresh, phi)
    data = TruncationData(resident, drawn.input_map, drawn.batch, drawn.steps)
    result = estimator(step, theta, phi, data)
    broken = ops.logical_not(ops.isfinite(result.norm))
    return GroupResult(
        gradient=result.gradient,
        phi=_selected(broken, spare, result.phi),
        broken=broken,
        figures=ops.stack([result.loss, result.query_accuracy, result.norm]),
    )


def descend(optimizer, variables, values, skipped, gradients, broken):
    """Moves theta by the mean gradient, unless a task of any group is broken.

    Args:
        optimizer: Keras optimizer.
        variables: the rule's trainable variables.
        values: of the variables and the optimizer's.
        skipped: outer steps skipped so far.
        gradients: of the groups visited, a list per group.
        broken: of the same, `(tasks,)` each.

    Returns:
        `(values, skipped)` after the step.
    """
    finite = ops.logical_not(ops.any(ops.concatenate(broken)))
    moved = backend.optimizer_step(
        optimizer, variables, values, mean_gradient(gradients)
    )
    values = [
        ops.where(finite, new, old) for new, old in zip(moved, values, strict=True)
    ]
    return values, skipped + ops.cast(ops.logical_not(finite), skipped.dtype)


def mean_gradient(gradients):
    """Mean over groups of gradients, a list of tensors per group."""
    by_variable = zip(*gradients, strict=True)
    return [sum(parts[1:], start=parts[0]) / len(parts) for parts in by_variable]


def _selected(mask, chosen, others):
    """Trees of leaves with a `tasks` axis, which `chosen` may lack, by a mask of it."""

    def select(a, b):
        return ops.where(ops.reshape(mask, (-1, *(1 for _ in b.shape[1:]))), a, b)

    return keras.tree.map_structure(select, chosen, others)
