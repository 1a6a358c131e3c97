"""Many inner steps, and the truncated unroll that theta is differentiated through."""

from typing import Any, NamedTuple

import numpy as np
from keras import ops

from learned_update import backend
from learned_update.meta.inner_step import inner_step
from learned_update.types import Phi

PIXEL_SCALE = 1.0 / 255.0  # uint8 pixels to [0, 1]


def unroll(rule, base, phi, xs, theta=None, rematerialise=False):
    """Inner steps on the batches of xs, one after the other.

    Args:
        rule: `UpdateRule`.
        base: `BaseMLP`.
        phi: `Phi` to start from.
        xs: batches, `(steps, batch, inputs)`.
        theta: values for `rule.trainable_variables`; the variables' own if None.
        rematerialise: whether a gradient computes intermediates again, step by step.

    Returns:
        `Phi` after the last step.
    """
    if theta is None:
        theta = [ops.convert_to_tensor(v) for v in rule.trainable_variables]

    def step(theta, phi, x):
        return inner_step(rule, base, phi, x, theta=theta), ()

    dtype = phi.layers[0].kernel.dtype
    xs = ops.convert_to_tensor(xs, dtype=dtype)
    phi, _ = backend.scan(step, theta, phi, xs, (), rematerialise)
    return phi


def unroll_together(rule, base, phi, xs, theta):
    """Inner steps of several base models of one shape, side by side.

    Args:
        rule: `UpdateRule`.
        base: `BaseMLP`.
        phi: `Phi`, leading `tasks` axis.
        xs: batches, `(steps, tasks, batch, inputs)`.
        theta: values for `rule.trainable_variables`.

    Returns:
        `Phi` after the last step, leading `tasks` axis.
    """

    def step(theta, phi, x):
        def task_step(phi, x):
            return inner_step(rule, base, phi, x, theta=theta)

        return backend.vectorize(task_step)(phi, x), ()

    phi, _ = backend.scan(step, theta, phi, xs, ())
    return phi


class Truncation(NamedTuple):
    """What a truncated unroll of a group of tasks gives.

    Attributes:
        phi: `Phi` after the last inner step, leading `tasks` axis.
        loss: meta-objective after every inner step, `(steps, tasks)`.
        query_accuracy: the same of the accuracy on the query.
    """

    phi: Phi
    loss: Any
    query_accuracy: Any


def truncated_unroll(
    rule,
    base,
    objective,
    theta,
    phi,
    pixels,
    input_map,
    batch,
    episode,
    joint_statistics=True,
    rematerialise=False,
):
    """k inner steps of every task of a group, scored after each of them.

    Args:
        rule: `UpdateRule`.
        base: `BaseMLP`.
        objective: `(support_features, support_targets, query_features,
            query_targets) -> (loss, metrics)`, as `meta_objective`.
        theta: values for `rule.trainable_variables`, leading `tasks` axis.
        phi: `Phi`, leading `tasks` axis.
        pixels: `(examples, inputs)` uint8.
        input_map: `InputMap`, leading `tasks` axis.
        batch: `TaskBatch`.
        episode: `Episode`, how many examples of how many classes are scored.
        joint_statistics: whether support and query are embedded as one batch, as the
            authors did, or both with the batch statistics of the support.
        rematerialise: whether the gradient computes intermediates again.

    Returns:
        `Truncation`.
    """
    dtype = phi.layers[0].kernel.dtype
    support_targets = class_by_class(episode.ways, episode.shots, dtype)
    query_targets = class_by_class(episode.ways, episode.queries, dtype)
    support_rows = episode.ways * episode.shots

    def task_step(theta, phi, x, labelled):
        phi = inner_step(rule, base, phi, x, theta=theta)
        statistics = None
        if not joint_statistics:
            statistics = base.statistics(phi, labelled[:support_rows])
        features = base.embed(phi, labelled, statistics)
        loss, metrics = objective(
            features[:support_rows],
            support_targets,
            features[support_rows:],
            query_targets,
        )
        return phi, (loss, metrics["query_accuracy"])

    def step(constants, phi, indices):
        theta, input_map, pixels = constants
        inner, labelled = indices
        x = mapped_inputs(pixels, inner, input_map, dtype)
        labelled = mapped_inputs(pixels, labelled, input_map, dtype)
        return backend.vectorize(task_step)(theta, phi, x, labelled)

    labelled = ops.concatenate([batch.support, batch.query], axis=-1)
    indices = (
        ops.transpose(batch.inner, (1, 0, 2)),  # (steps, tasks, batch)
        ops.transpose(labelled, (1, 0, 2)),
    )
    tasks = ops.zeros_like(phi.layers[0].bias[:, 0])
    phi, (loss, query_accuracy) = backend.scan(
        step,
        (theta, input_map, pixels),
        phi,
        indices,
        (tasks, tasks),
        rematerialise,
    )
    return Truncation(phi, loss, query_accuracy)


def mapped_inputs(pixels, indices, input_map, dtype):
    """Images of every task, mapped by its input map.

    Args:
        pixels: `(examples, inputs)` uint8.
        indices: `(tasks, rows)`.
        input_map: `InputMap`, leading `tasks` axis.
        dtype: of the result.

    Returns:
        `(tasks, rows, inputs)`.
    """
    images = ops.cast(ops.take(pixels, indices, axis=0), dtype) * PIXEL_SCALE
    offset = ops.expand_dims(ops.cast(input_map.offset, dtype), 1)
    return ops.matmul(images - offset, ops.cast(input_map.matrix, dtype))


def class_by_class(ways, examples, dtype):
    """One-hot targets of examples ordered by class, `(ways * examples, ways)`."""
    labels = np.repeat(np.arange(ways), examples)
    return ops.one_hot(labels, ways, dtype=dtype)
