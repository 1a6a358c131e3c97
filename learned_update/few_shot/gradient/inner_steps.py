"""Gradient steps on the weights of a task, differentiable themselves."""

import keras
from keras import ops

from learned_update import backend

EPSILON = 1e-8  # of Adam


def gradient_of(loss, weights):
    """dL/dw of `loss(weights)`, a tree; it can be differentiated again."""
    return backend.value_and_grad(lambda weights: (loss(weights), ()))(weights)[1]


def stopped(tree):
    """The tree as constants: no gradient goes through it."""
    return keras.tree.map_structure(ops.stop_gradient, tree)


def descended(weights, gradient, rate):
    """w - rate g, a tree.

    Args:
        weights: tree of tensors.
        gradient: tree of the same structure.
        rate: a number.
    """
    return keras.tree.map_structure(lambda w, g: w - rate * g, weights, gradient)


def sgd_steps(gradient, weights, steps, rate):
    """w <- w - rate gradient(w), some times.

    Args:
        gradient: function of the weights, to a tree like them.
        weights: tree to start from.
        steps: how many.
        rate: of each.

    Returns:
        A tree like `weights`.
    """
    for _ in range(steps):
        weights = descended(weights, gradient(weights), rate)
    return weights


def adam_steps(gradient_at, weights, steps, rate, beta_1=0.0, beta_2=0.999):
    """Steps of Adam (Kingma and Ba, 2015), bias-corrected, from a state of zeros.

    The first moment is off by default, as in Reptile, whose inner loops share none.

    Args:
        gradient_at: `(weights, step) -> tree` like the weights; step is a scalar
            tensor from 0.
        weights: tree to start from.
        steps: how many.
        rate: of each; a number, or a function of the step to a tree of numbers.
        beta_1: decay of the mean gradient.
        beta_2: decay of the mean square.

    Returns:
        A tree like `weights`.
    """
    zeros = keras.tree.map_structure(ops.zeros_like, weights)
    dtype = keras.tree.flatten(weights)[0].dtype

    def step(_, carry, index):
        weights, means, squares = carry
        gradient = gradient_at(weights, index)
        means = keras.tree.map_structure(
            lambda m, g: beta_1 * m + (1 - beta_1) * g, means, gradient
        )
        squares = keras.tree.map_structure(
            lambda v, g: beta_2 * v + (1 - beta_2) * ops.square(g), squares, gradient
        )
        count = ops.cast(index + 1, dtype)
        first, second = 1 - beta_1**count, 1 - beta_2**count
        rates = (
            rate(index)
            if callable(rate)
            else keras.tree.map_structure(lambda _: rate, weights)
        )
        weights = keras.tree.map_structure(
            lambda w, m, v, r: w - r * (m / first) / (ops.sqrt(v / second) + EPSILON),
            weights,
            means,
            squares,
            rates,
        )
        return (weights, means, squares), ()

    carry, _ = backend.scan(
        step, (), (weights, zeros, zeros), ops.arange(steps, dtype="int32"), ()
    )
    return carry[0]
