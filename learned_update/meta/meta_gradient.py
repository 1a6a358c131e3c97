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


def meta_gradient(step, theta, phi, data, clip_norm, rematerialise="steps"):
    """Truncated backpropagation through time for a group of tasks.

    An estimator: with its settings bound it is (step, theta, phi, data) ->
    `MetaGradient`, which is all that the trainer knows of it.

    The meta-objective is averaged over the states of the truncation. The incoming phi
    is not differentiated: that is the truncation. Each task has its own copy of theta,
    so that its gradient can be clipped on its own.

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
    kernel = phi.layers[0].kernel
    tasks, longest = ops.shape(kernel)[0], ops.shape(data.batch.inner)[0]
    steps = ops.cast(longest if data.steps is None else data.steps, kernel.dtype)

    def total_loss(copies, phi):
        truncation = truncated_unroll(step, copies, phi, data, rematerialise)
        loss = ops.sum(truncation.loss, axis=0) / steps  # (tasks,)
        return ops.sum(loss), (truncation, loss)

    copies = [ops.broadcast_to(x, (tasks, *x.shape)) for x in theta]
    (_, (truncation, loss)), gradients = backend.value_and_grad(total_loss)(copies, phi)
    norm = per_task_norm(gradients) + 0.0 * per_task_norm(_leaves(truncation.phi))
    scale = ops.minimum(1.0, clip_norm / ops.maximum(norm, 1e-30))  # (tasks,)
    return MetaGradient(
        gradient=[backend.mean(_broadcast(scale, g) * g, axis=0) for g in gradients],
        phi=truncation.phi,
        loss=loss,
        query_accuracy=ops.sum(truncation.query_accuracy, axis=0) / steps,
        norm=norm,
    )


def per_task_norm(tensors):
    """Global Euclidean norm over tensors that share a leading axis, `(tasks,)`."""
    squares = [ops.sum(ops.square(x), axis=tuple(range(1, x.ndim))) for x in tensors]
    return ops.sqrt(sum(squares[1:], start=squares[0]))


def _broadcast(per_task, like):
    return ops.reshape(per_task, (-1, *(1 for _ in like.shape[1:])))


def _leaves(phi):
    return [leaf for layer in phi.layers for leaf in layer]
