"""Evolution strategies: theta moved by a perturbation, and by its opposite."""

from typing import Any, NamedTuple

import keras
from keras import ops

from learned_update.meta.meta_gradient import MetaGradient, clipped_mean
from learned_update.meta.unroll import truncated_unroll
from learned_update.types import Phi


class Pair(NamedTuple):
    """What pairs of unrolls with opposite perturbations carry; leading `tasks` axis.

    Attributes:
        positive: a `Phi` of theta + perturbation for every pair.
        negative: a `Phi` of theta - perturbation for every pair.
        perturbation: one tensor per trainable variable, which the differences of the
            losses are credited to; the axis of the pairs after that of the tasks.
    """

    positive: tuple[Phi, ...]
    negative: tuple[Phi, ...]
    perturbation: list[Any]


class SideBySide(NamedTuple):
    """What a truncation of several unrolls side by side gives.

    Attributes:
        phis: `Phi`s after it, in the order of the thetas.
        losses: mean over the inner steps, `(tasks,)` each.
        query_accuracies: the same.
    """

    phis: list[Phi]
    losses: list[Any]
    query_accuracies: list[Any]


def begun(phi, pairs, perturbation):
    """A `Pair` whose unrolls all begin at the same phi."""
    return Pair((phi,) * pairs, (phi,) * pairs, perturbation)


def shaped(noise, theta, pairs=1, scale=1.0):
    """Noise times a scale, in the shapes of theta after the axes of tasks and pairs."""
    return [
        scale * ops.cast(ops.reshape(each, (-1, pairs, *x.shape)), x.dtype)
        for each, x in zip(noise, theta, strict=True)
    ]


def both_ways(theta, perturbation, pairs):
    """Thetas moved by each of the perturbations, then by the opposite of each.

    Args:
        theta: values for `rule.trainable_variables`.
        perturbation: one tensor per variable, axes of tasks and pairs first.
        pairs: how many.

    Returns:
        Twice as many lists of tensors with a leading `tasks` axis.
    """
    return [
        [x + sign * each[:, pair] for x, each in zip(theta, perturbation, strict=True)]
        for sign in (1.0, -1.0)
        for pair in range(pairs)
    ]


def unrolled_side_by_side(step, thetas, phis, data):
    """A truncation with several thetas per task, all in one vectorised unroll.

    Args:
        step: `TruncatedStep`.
        thetas: lists of tensors with a leading `tasks` axis.
        phis: a `Phi` for each, leading `tasks` axis.
        data: `TruncationData`, which all read.

    Returns:
        `SideBySide`.
    """
    count = len(thetas)

    def together(trees, axis=0):
        return keras.tree.map_structure(
            lambda *leaves: ops.concatenate(leaves, axis=axis), *trees
        )

    joined = data._replace(
        input_map=together([data.input_map] * count),
        batch=together([data.batch] * count, axis=1),  # after the steps
        noise=(),
    )
    truncation = truncated_unroll(step, together(thetas), together(phis), joined)
    dtype = truncation.loss.dtype
    steps = ops.shape(data.batch.inner)[0] if data.steps is None else data.steps

    def mean(values):  # steps that were not done are 0
        values = ops.sum(values, axis=0) / ops.cast(steps, dtype)
        return ops.split(values, count)

    def part(index):
        return keras.tree.map_structure(
            lambda leaf: ops.split(leaf, count)[index], truncation.phi
        )

    return SideBySide(
        phis=[part(index) for index in range(count)],
        losses=mean(truncation.loss),
        query_accuracies=mean(truncation.query_accuracy),
    )


def pair_gradient(perturbation, losses, sigma):
    """perturbation (L+ - L-) / (2 sigma^2) of every task, the mean over its pairs.

    Args:
        perturbation: one tensor per variable, axes of tasks and pairs first.
        losses: in the order of `both_ways`, `(tasks,)` each.
        sigma: standard deviation of one perturbation.

    Returns:
        One tensor per variable, leading `tasks` axis.
    """
    pairs = len(losses) // 2
    slopes = [
        (losses[pair] - losses[pairs + pair]) / (2.0 * sigma**2)
        for pair in range(pairs)
    ]
    return [
        sum(
            ops.reshape(slope, (-1, *(1 for _ in each.shape[2:]))) * each[:, pair]
            for pair, slope in enumerate(slopes)
        )
        / pairs
        for each in perturbation
    ]


def pair_truncation(step, theta, pair, applied, credited, data, sigma, clip_norm):
    """A truncation of pairs of unrolls with opposite perturbations.

    Args:
        step: `TruncatedStep`.
        theta: values for `rule.trainable_variables`.
        pair: `Pair` before it.
        applied: perturbations of theta in it, one tensor per variable, axes of tasks
            and pairs first.
        credited: perturbation that its losses are credited to.
        data: `TruncationData`.
        sigma: standard deviation of one perturbation.
        clip_norm: bound of the global norm of a task's gradient.

    Returns:
        `MetaGradient`, with a `Pair` as `phi`.
    """
    pairs = len(pair.positive)
    thetas = both_ways(theta, applied, pairs)
    result = unrolled_side_by_side(step, thetas, [*pair.positive, *pair.negative], data)
    gradients = pair_gradient(credited, result.losses, sigma)
    gradient, norm = clipped_mean(gradients, result.phis, clip_norm)
    return MetaGradient(
        gradient=gradient,
        phi=Pair(tuple(result.phis[:pairs]), tuple(result.phis[pairs:]), credited),
        loss=sum(result.losses) / (2.0 * pairs),
        query_accuracy=sum(result.query_accuracies) / (2.0 * pairs),
        norm=norm,
    )
