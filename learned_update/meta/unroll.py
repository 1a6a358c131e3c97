"""Many inner steps, and the truncated unroll that theta is differentiated through."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import keras
from keras import ops

from learned_update import backend
from learned_update.layers.bases.mlp import BaseMLP
from learned_update.layers.rule import Rule
from learned_update.meta.inner_step import inner_step
from learned_update.ops.stepping.late_mean import late_mean
from learned_update.types import Phi, Tensor


def unroll(
    rule: Rule,
    base: BaseMLP,
    phi: Phi,
    xs: Tensor,
    theta: Sequence[Tensor] | None = None,
    rematerialise: str = "none",
) -> Phi:
    """Inner steps on the batches of xs, one after the other.

    Args:
        rule: `UpdateRule`.
        base: `BaseMLP`.
        phi: `Phi` to start from.
        xs: batches, `(steps, batch, inputs)`.
        theta: values for `rule.trainable_variables`; the variables' own if None.
        rematerialise: what a gradient computes again, see `backend.scan`.

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


class Course(NamedTuple):
    """How far the unrolls of several base models have come.

    Attributes:
        phi: `Phi`, leading `tasks` axis.
        mean: its layers' `late_mean` over the inner steps, likewise.
        steps: inner steps done, a scalar of phi's dtype.
    """

    phi: Phi
    mean: Any
    steps: Any


def unroll_together(rule, base, course, xs, theta):
    """Inner steps of several base models of one shape, side by side.

    Args:
        rule: `UpdateRule`.
        base: `BaseMLP`.
        course: `Course` to go on from.
        xs: batches, `(steps, tasks, batch, inputs)`.
        theta: values for `rule.trainable_variables`.

    Returns:
        `Course` after the last step.
    """

    def step(theta, course, x):
        def task_step(phi, x):
            return inner_step(rule, base, phi, x, theta=theta)

        phi, steps = backend.vectorize(task_step)(course.phi, x), course.steps + 1.0

        def averaged(mean, value):
            return late_mean(mean, value, steps)

        mean = keras.tree.map_structure(averaged, course.mean, phi.layers)
        return Course(phi, mean, steps), ()

    course, _ = backend.scan(step, theta, course, xs, ())
    return course


class Truncation(NamedTuple):
    """What a truncated unroll of a group of tasks gives.

    Attributes:
        phi: `Phi` after the last inner step, leading `tasks` axis.
        loss: meta-objective after every inner step, `(steps, tasks)`; 0 at steps that
            were not done.
        query_accuracy: the same of the accuracy on the query.
    """

    phi: Phi
    loss: Any
    query_accuracy: Any


def truncated_unroll(step, theta, phi, data, rematerialise="none"):
    """k inner steps of every task of a group, scored after each of them.

    Args:
        step: `TruncatedStep`.
        theta: values for `rule.trainable_variables`, leading `tasks` axis.
        phi: `Phi`, leading `tasks` axis.
        data: `TruncationData`.
        rematerialise: what the gradient computes again, see `backend.scan`.

    Returns:
        `Truncation`.
    """

    def scanned(constants, phi, batch):
        theta, resident, input_map = constants
        phi, loss, query_accuracy = step(theta, phi, resident, input_map, batch)
        return phi, (loss, query_accuracy)

    tasks = ops.zeros_like(phi.layers[0].bias[:, 0])
    phi, (loss, query_accuracy) = backend.scan(
        scanned,
        (theta, data.resident, data.input_map),
        phi,
        data.batch,
        (tasks, tasks),
        rematerialise,
        data.steps,
    )
    return Truncation(phi, loss, query_accuracy)
