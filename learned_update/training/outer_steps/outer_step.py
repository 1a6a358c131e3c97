"""The parts of an outer step, pure functions that are compiled alone or together."""

from typing import Any, NamedTuple

import keras
from keras import ops

from learned_update import backend
from learned_update.types import ROLLED_BACK, Phi, TruncationData


class GroupResult(NamedTuple):
    """What a truncation of a group gives.

    Attributes:
        gradient: mean over the tasks, one tensor per trainable variable.
        phi: what the estimator carries on, the spare one where `broken`; leading
            `tasks` axis.
        broken: whether a task's gradient or phi is not finite, or its phi has
            exploded, `(tasks,)` bool.
        figures: meta-loss, accuracy on the query, norm of the gradient before it is
            clipped, and 1 where phi has exploded, `(4, tasks)`.
    """

    gradient: list[Any]
    phi: Phi
    broken: Any
    figures: Any


def truncate(estimator, step, theta, phi, resident, spare, drawn, largest_growth=1e4):
    """A truncation of a group: unrolls begun, unrolled on, and mended.

    Args:
        estimator: as `meta.estimators` describes.
        step: `TruncatedStep` of the group.
        theta: values for the rule's trainable variables.
        phi: what the estimator carries on from the last truncation, leading `tasks`
            axis.
        resident: `Resident`.
        spare: the same for one task, in place of what is not finite.
        drawn: `GroupDraw`.
        largest_growth: phi has exploded if its norm is more than so many times that of
            the spare one.

    Returns:
        `GroupResult`.
    """
    begun = estimator.begin(drawn.fresh, drawn.noise)
    phi = _selected(drawn.begins, begun, phi)
    data = TruncationData(
        resident, drawn.input_map, drawn.batch, drawn.steps, drawn.noise
    )
    result = estimator(step, theta, phi, data)
    exploded = _norm(result.phi, 1) > largest_growth * _norm(spare, 0)
    broken = ops.logical_or(ops.logical_not(ops.isfinite(result.norm)), exploded)
    return GroupResult(
        gradient=result.gradient,
        phi=_selected(broken, spare, result.phi),
        broken=broken,
        figures=ops.stack(
            [
                result.loss,
                result.query_accuracy,
                result.norm,
                ops.cast(exploded, result.norm.dtype),
            ]
        ),
    )


def descend(optimizer, variables, values, counts, gradients, figures, smaller_rate=0.5):
    """Moves theta by the mean gradient, unless that of a task is not finite.

    Args:
        optimizer: Keras optimizer.
        variables: the rule's trainable variables.
        values: of the variables and the optimizer's.
        counts: `TrainState.counts`.
        gradients: of the groups visited, a list per group.
        figures: `GroupResult.figures` of the same.
        smaller_rate: every return to an earlier checkpoint has multiplied the steps of
            theta by this.

    Returns:
        `(values, counts)` after the step.
    """
    figures = ops.concatenate(figures, axis=1)
    finite, exploded = ops.all(ops.isfinite(figures[2])), figures[3]
    moved = backend.optimizer_step(
        optimizer, variables, values, mean_gradient(gradients)
    )
    returns = counts[ROLLED_BACK]
    for index, old in enumerate(values[: len(variables)]):
        rate = ops.power(
            ops.cast(smaller_rate, old.dtype), ops.cast(returns, old.dtype)
        )
        smaller = old + rate * (moved[index] - old)
        moved[index] = ops.where(returns > 0, smaller, moved[index])
    values = [
        ops.where(finite, new, old) for new, old in zip(moved, values, strict=True)
    ]
    now = ops.stack(
        [
            ops.cast(ops.logical_not(finite), counts.dtype),
            ops.cast(ops.sum(exploded), counts.dtype),
            ops.zeros_like(returns),
        ]
    )
    return values, counts + now


def mean_gradient(gradients):
    """Mean over groups of gradients, a list of tensors per group."""
    by_variable = zip(*gradients, strict=True)
    return [sum(parts[1:], start=parts[0]) / len(parts) for parts in by_variable]


def _norm(phi, axis):
    """Global norm of a tree, over all axes of the leaves from one on."""
    return ops.sqrt(
        sum(
            ops.sum(ops.square(leaf), axis=tuple(range(axis, len(leaf.shape))))
            for leaf in keras.tree.flatten(phi)
        )
    )


def _selected(mask, chosen, others):
    """Trees of leaves with a `tasks` axis, which `chosen` may lack, by a mask of it."""

    def select(a, b):
        return ops.where(ops.reshape(mask, (-1, *(1 for _ in b.shape[1:]))), a, b)

    return keras.tree.map_structure(select, chosen, others)
