"""Conjugate gradients on trees of tensors."""

import keras
from keras import ops

TINY = 1e-20  # added to what is divided by, so that a residual of 0 stays 0


def dot(left, right):
    """Sum of the products of two trees' numbers, a scalar."""
    products = keras.tree.map_structure(lambda a, b: ops.sum(a * b), left, right)
    return sum(keras.tree.flatten(products))


def along(start, direction, length):
    """start + length direction, a tree."""
    return keras.tree.map_structure(lambda a, b: a + length * b, start, direction)


def conjugate_gradients(product, right, steps):
    """x with A x = b for a symmetric positive definite A (Hestenes and Stiefel, 1952).

    From x = 0; exact after as many steps as A has different eigenvalues.

    Args:
        product: function from a tree v to A v.
        right: b, a tree.
        steps: how many.

    Returns:
        A tree like `right`.
    """
    solution = keras.tree.map_structure(ops.zeros_like, right)
    residual = direction = right
    square = dot(residual, residual)
    for _ in range(steps):
        image = product(direction)
        length = square / (dot(direction, image) + TINY)
        solution = along(solution, direction, length)
        residual = along(residual, image, -length)
        next_square = dot(residual, residual)
        direction = along(residual, direction, next_square / (square + TINY))
        square = next_square
    return solution
