"""The inner loop of a learned optimizer, and the meta-objective of its unroll."""

from typing import NamedTuple

import keras
from keras import ops

from learned_update import backend
from learned_update.baselines.meta_learned.optimizer_network import (
    DECAYS,
    weight_changes,
)
from learned_update.baselines.supervised.classifier import (
    Weights,
    class_labels,
    query_loss,
    support_gradient,
)


class OptimizerState(NamedTuple):
    """Where an inner loop stands.

    Attributes:
        weights: `Weights`.
        momenta: running means of the gradient, a `Weights` per entry of `DECAYS`.
    """

    weights: Weights
    momenta: tuple[Weights, ...]


def optimizer_step(theta, base, state, support, labels, step):
    """One inner step on the whole support.

    The gradient counts as given: no second derivatives (Andrychowicz et al., 2016).

    Args:
        theta: `OptimizerTheta`.
        base: `BaseMLP`.
        state: `OptimizerState`.
        support: `(supports, inputs)`.
        labels: `(supports,)` integers.
        step: number of the inner step, from 0.

    Returns:
        `OptimizerState`.
    """
    gradient = keras.tree.map_structure(
        ops.stop_gradient, support_gradient(base, state.weights, support, labels)
    )
    momenta = tuple(
        keras.tree.map_structure(
            lambda m, g, decay=decay: decay * m + (1 - decay) * g, momentum, gradient
        )
        for decay, momentum in zip(DECAYS, state.momenta, strict=True)
    )
    changes = weight_changes(theta, gradient, momenta, state.weights, step)
    weights = keras.tree.map_structure(lambda w, c: w + c, state.weights, changes)
    return OptimizerState(weights, momenta)


def initial_state(weights):
    """`OptimizerState` before the first step."""
    zeros = keras.tree.map_structure(ops.zeros_like, weights)
    return OptimizerState(weights, (zeros,) * len(DECAYS))


def unroll(theta, base, weights, support, labels, steps):
    """`Weights` after some inner steps on a support; arguments as `optimizer_step`."""

    def step(constants, state, number):
        theta, support, labels = constants
        return optimizer_step(theta, base, state, support, labels, number), ()

    state, _ = backend.scan(
        step,
        (theta, support, labels),
        initial_state(weights),
        _step_numbers(steps, weights),
        (),
    )
    return state.weights


def unrolled_loss(theta, base, weights, support, query, ways, steps):
    """Cross-entropy of the query after every inner step, mean over steps and tasks.

    Its gradient by theta goes through all weight changes, not through the gradients
    that they are made of.

    Args:
        theta: `OptimizerTheta`.
        base: `BaseMLP`.
        weights: `Weights` to start from, leading `tasks` axis.
        support: class by class, `(tasks, ways * shots, inputs)`.
        query: class by class, `(tasks, ways * queries, inputs)`.
        ways: number of classes.
        steps: inner steps.

    Returns:
        A scalar.
    """
    support_labels = class_labels(ways, support.shape[1])
    query_labels = class_labels(ways, query.shape[1])

    def step(constants, state, number):
        theta, support, query = constants

        def task_step(state, support, query):
            state = optimizer_step(theta, base, state, support, support_labels, number)
            return state, query_loss(base, state.weights, support, query, query_labels)

        return backend.vectorize(task_step)(state, support, query)

    _, losses = backend.scan(
        step,
        (theta, support, query),
        initial_state(weights),
        _step_numbers(steps, weights),
        ops.zeros_like(weights.biases[0][:, 0]),
    )
    return ops.mean(losses)


def _step_numbers(steps, weights):
    return ops.arange(steps, dtype=weights.kernels[0].dtype)
