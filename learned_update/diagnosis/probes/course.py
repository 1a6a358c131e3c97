"""The course of phi over inner steps, with theta as it is and slightly moved."""

from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops

from learned_update import backend
from learned_update.meta.meta_gradient import per_task_norm


class Course(NamedTuple):
    """What unrolls with several thetas go through; `(steps, thetas, tasks)` each.

    Attributes:
        loss: meta-loss after each inner step.
        query_accuracy: the same of the accuracy on the query.
        norm: of phi.
        change: norm of what the inner step changed.
        distance: norm of the difference to phi of the first theta.
    """

    loss: Any
    query_accuracy: Any
    norm: Any
    change: Any
    distance: Any


class Courses:
    """Unrolls step by step; what is compiled serves all tasks of one number.

    Args:
        step: `TruncatedStep`.
    """

    def __init__(self, step):
        self._step = step
        self._compiled = {}

    def __call__(self, thetas, tasks, steps, bar=None, marks=()):
        """Unrolls of all tasks with all thetas.

        Args:
            thetas: lists of tensors with a leading `tasks` axis, one or more.
            tasks: `ProbeTasks`.
            steps: inner steps.
            bar: `Progress` to count inner steps on, if any.
            marks: inner steps before which phi is kept.

        Returns:
            `(Course, {mark: Phi of the first theta})`.
        """
        count, size = len(thetas), len(tasks.datasets)
        joined = [ops.concatenate(parts) for parts in zip(*thetas, strict=True)]
        phi, input_map = (
            keras.tree.map_structure(lambda x: ops.concatenate([x] * count), tree)
            for tree in (tasks.phi, tasks.input_map)
        )
        advance, rows, kept = self._advance(count), [], {}
        for index in range(steps):
            if index in marks:
                kept[index] = keras.tree.map_structure(lambda x: x[:size], phi)
            batch = keras.tree.map_structure(
                lambda x: ops.concatenate([x] * count), tasks.at(index)
            )
            phi, figures = advance(joined, phi, tasks.resident, input_map, batch)
            rows.append(figures)
            if bar is not None:
                bar.update()
        arrays = np.stack([ops.convert_to_numpy(row) for row in rows], axis=1)
        return Course(*arrays.reshape(len(arrays), steps, count, size)), kept

    def _advance(self, count):
        """The compiled inner step of so many thetas, with its figures."""
        if count not in self._compiled:
            self._compiled[count] = backend.jit(
                lambda *arguments: _advanced(self._step, count, *arguments)
            )
        return self._compiled[count]


def _advanced(step, count, theta, phi, resident, input_map, batch):
    """`(phi, figures)` after an inner step; figures `(5, thetas * tasks)`."""
    following, loss, accuracy = step(theta, phi, resident, input_map, batch)
    pairs = zip(_leaves(following), _leaves(phi), strict=True)
    change = [new - old for new, old in pairs]
    away = []
    for leaf in _leaves(following):
        by_theta = ops.reshape(leaf, (count, -1, *leaf.shape[1:]))
        away.append(ops.reshape(by_theta - by_theta[:1], (-1, *leaf.shape[1:])))
    norms = [per_task_norm(x) for x in (_leaves(following), change, away)]
    return following, ops.stack([loss, accuracy, *norms])


def _leaves(phi):
    return [leaf for layer in phi.layers for leaf in layer]


def moved(theta, tasks, size, rng):
    """Theta moved in a random direction, another for each task.

    Args:
        theta: values for the rule's trainable variables, tensors.
        tasks: how many.
        size: length of the way, over the norm of theta.
        rng: NumPy generator.

    Returns:
        Tensors with a leading `tasks` axis.
    """
    arrays = [ops.convert_to_numpy(x).astype(np.float64) for x in theta]
    noise = [rng.standard_normal((tasks, *x.shape)) for x in arrays]
    way = size * _norm([x[None] for x in arrays]) / _norm(noise)  # (tasks,)
    return [
        ops.convert_to_tensor(
            x + np.reshape(way, (-1, *(1 for _ in x.shape))) * direction, y.dtype
        )
        for x, direction, y in zip(arrays, noise, theta, strict=True)
    ]


def repeated(theta, tasks):
    """Theta as it is for every task, with a leading `tasks` axis."""
    return [ops.broadcast_to(x, (tasks, *x.shape)) for x in theta]


def growth(distance, begin, end):
    """Mean factor per inner step by which a distance grows, and its spread.

    Args:
        distance: `(steps, tasks)`.
        begin: inner step, an index.
        end: a later one.

    Returns:
        `(tasks,)`; above 1 small differences grow exponentially, as in chaos.
    """
    with np.errstate(all="ignore"):
        ratio = np.log(distance[end]) - np.log(distance[begin])
        return np.exp(ratio / (end - begin))


def _norm(arrays):
    squares = [np.square(x).reshape(len(x), -1).sum(-1) for x in arrays]
    return np.sqrt(sum(squares))
