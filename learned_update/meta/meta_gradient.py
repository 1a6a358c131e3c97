"""The gradient of the meta-objective by theta, every task's share bounded."""

from typing import Any, NamedTuple

from keras import ops

from learned_update import backend
from learned_update.meta.unroll import truncated_unroll
from learned_update.types import Phi


class MetaGradient(NamedTuple):
    """What one truncation of a group of tasks teaches.

    Attributes:
        gradient: mean over the tasks, one tensor per trainable variable.
        phi: `Phi` after the truncation, leading `tasks` axis.
        loss: mean over the truncation's states, `(tasks,)`.
        query_accuracy: the same, `(tasks,)`.
        norm: of every task's gradient before it is clipped, `(tasks,)`; not finite
            where the task's gradient or phi is not.
    """

    gradient: list[Any]
    phi: Phi
    loss: Any
    query_accuracy: Any
    norm: Any


class TaskGradients(NamedTuple):
    """What one truncation teaches, task by task; leading `tasks` axis.

    Attributes:
        gradients: one tensor per trainable variable.
        phi: `Phi` after the truncation.
        loss: mean over the truncation's states.
        query_accuracy: the same.
    """

    gradients: list[Any]
    phi: Phi
    loss: Any
    query_accuracy: Any


def task_gradients(step, theta, phi, data, rematerialise="steps"):
    """Gradients of every task through one truncation, on a copy of theta of its own.

    The meta-objective is averaged over the states of the truncation. The incoming phi
    is not differentiated: that is the truncation.

    Args:
        step: `TruncatedStep`.
        theta: values for `rule.trainable_variables`.
        phi: `Phi`, leading `tasks` axis.
        data: `TruncationData`.
        rematerialise: what the gradient computes again, see `backend.scan`.

    Returns:
        `TaskGradients`.
    """
    kernel = phi.layers[0].kernel
    tasks, longest = ops.shape(kernel)[0], ops.shape(data.batch.inner)[0]
    steps = ops.cast(longest if data.steps is None else data.steps, kernel.dtype)

    def total_loss(copies, phi):
        truncation = truncated_unroll(step, copies, phi, data, rematerialise)
        loss = ops.sum(truncation.loss, axis=0) / steps  # (tasks,)
        return ops.sum(loss), (truncation, loss)

    copies = [ops.broadcast_to(x, (tasks, *x.shape)) for x in theta]
    (_, (truncation, loss)), gradients = backend.value_and_grad(total_loss)(copies, phi)
    query_accuracy = ops.sum(truncation.query_accuracy, axis=0) / steps
    return TaskGradients(gradients, truncation.phi, loss, query_accuracy)


def meta_gradient(step, theta, phi, data, clip_norm, rematerialise="steps"):
    """Truncated backpropagation through time for a group of tasks.

    Each task's gradient is clipped on its own, see `task_gradients`.

    Args:
        step: `TruncatedStep`.
        theta: values for `rule.trainable_variables`.
        phi: `Phi`, leading `tasks` axis.
        data: `TruncationData`.
        clip_norm: bound of the global norm of a task's gradient.
        rematerialise: what the gradient computes again, see `backend.scan`.

    Returns:
        `MetaGradient`.
    """
    result = task_gradients(step, theta, phi, data, rematerialise)
    gradient, norm = clipped_mean(result.gradients, [result.phi], clip_norm)
    return MetaGradient(gradient, result.phi, result.loss, result.query_accuracy, norm)


def clipped_mean(gradients, phis, clip_norm):
    """Mean over tasks of gradients whose norm is bounded.

    Args:
        gradients: one tensor per variable, leading `tasks` axis.
        phis: `Phi`s after the truncation, leading `tasks` axis.
        clip_norm: bound of the global norm of a task's gradient.

    Returns:
        `(mean, norm)`: one tensor per variable; `(tasks,)`, before clipping, not
        finite where the task's gradient or a phi of it is not.
    """
    norm = per_task_norm(gradients)
    for phi in phis:
        norm = norm + 0.0 * per_task_norm(_leaves(phi))
    bounded = clipped(gradients, norm, clip_norm)
    return [backend.mean(x, axis=0) for x in bounded], norm


def clipped(gradients, norm, clip_norm):
    """Every task's gradient, scaled down to a norm of at most `clip_norm`."""
    scale = ops.minimum(1.0, clip_norm / ops.maximum(norm, 1e-30))  # (tasks,)
    return [_broadcast(scale, x) * x for x in gradients]


def per_task_norm(tensors):
    """Global Euclidean norm over tensors that share a leading axis, `(tasks,)`."""
    squares = [ops.sum(ops.square(x), axis=tuple(range(1, x.ndim))) for x in tensors]
    return ops.sqrt(sum(squares[1:], start=squares[0]))


def _broadcast(per_task, like):
    return ops.reshape(per_task, (-1, *(1 for _ in like.shape[1:])))


def _leaves(phi):
    return [leaf for layer in phi.layers for leaf in layer]
