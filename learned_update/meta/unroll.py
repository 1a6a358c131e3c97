"""Many inner steps, and the truncated unroll that theta is differentiated through."""

from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops

from learned_update import backend
from learned_update.meta.inner_step import inner_step
from learned_update.ops.augmentation import read_examples
from learned_update.ops.input_maps import apply_input_map
from learned_update.types import Phi


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
    resident,
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
            query_targets, support_regression=, query_regression=) -> (loss, metrics)`,
            as `meta_objective`.
        theta: values for `rule.trainable_variables`, leading `tasks` axis.
        phi: `Phi`, leading `tasks` axis.
        resident: `Resident`.
        input_map: `InputMap` or `PixelMap`, leading `tasks` axis.
        batch: `TaskBatch`.
        episode: `Episode`, how many examples of how many classes are scored, and
            which coefficients of their augmentation are asked for.
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

    def task_step(theta, phi, x, labelled, *regression):
        phi = inner_step(rule, base, phi, x, theta=theta)
        statistics = None
        if not joint_statistics:
            statistics = base.statistics(phi, labelled[:support_rows])
        features = base.embed(phi, labelled, statistics)
        targets = {}
        if regression:
            targets["support_regression"] = regression[0][:support_rows]
            targets["query_regression"] = regression[0][support_rows:]
        loss, metrics = objective(
            features[:support_rows],
            support_targets,
            features[support_rows:],
            query_targets,
            **targets,
        )
        return phi, (loss, metrics["query_accuracy"])

    def step(constants, phi, batch):
        theta, input_map, resident = constants
        images = task_inputs(resident, batch, input_map, episode.image_shape, dtype)
        inner_rows = batch.inner.shape[-1] or ops.shape(batch.inner)[-1]
        x, labelled = images[:, :inner_rows], images[:, inner_rows:]
        regression = ()
        if episode.regression_targets:
            asked = [
                batch.coefficients[:, inner_rows:, i]
                for i in episode.regression_targets
            ]
            regression = (ops.cast(ops.stack(asked, axis=-1), dtype),)
        return backend.vectorize(task_step)(theta, phi, x, labelled, *regression)

    steps_first = keras.tree.map_structure(
        lambda x: ops.transpose(x, (1, 0, *range(2, len(x.shape)))), batch
    )
    tasks = ops.zeros_like(phi.layers[0].bias[:, 0])
    phi, (loss, query_accuracy) = backend.scan(
        step,
        (theta, input_map, resident),
        phi,
        steps_first,
        (tasks, tasks),
        rematerialise,
    )
    return Truncation(phi, loss, query_accuracy)


def task_inputs(resident, batch, input_map, image_shape, dtype):
    """What the base models of a group of tasks see in one inner step.

    Args:
        resident: `Resident`.
        batch: `TaskBatch` of one step, without the `steps` axis.
        input_map: `InputMap` or `PixelMap`, leading `tasks` axis.
        image_shape: `(height, width, channels)` if images are augmented, else `()`.
        dtype: of the result.

    Returns:
        Examples of inner, support and query in this order, `(tasks, rows, inputs)`.
    """
    rows = ops.concatenate([batch.inner, batch.support, batch.query], axis=-1)
    images = read_examples(
        resident, rows, batch.coefficients, batch.noise, image_shape, dtype
    )
    return apply_input_map(images, input_map)


def class_by_class(ways, examples, dtype):
    """One-hot targets of examples ordered by class, `(ways * examples, ways)`."""
    labels = np.repeat(np.arange(ways), examples)
    return ops.one_hot(labels, ways, dtype=dtype)
