"""Initial weights, drawn on the host."""

import itertools

import numpy as np


def glorot(rng, *shape):
    """A uniform kernel after Glorot and Bengio (2010), float32.

    Args:
        rng: NumPy generator.
        *shape: `(.., in, out)`; what stands before is a receptive field.
    """
    field = np.prod(shape[:-2], dtype=int)
    limit = np.sqrt(6 / (field * (shape[-2] + shape[-1])))
    return rng.uniform(-limit, limit, shape).astype("float32")


def dense(rng, inputs, outputs):
    """`(kernel, bias)` of a dense layer, the bias 0."""
    return glorot(rng, inputs, outputs), np.zeros(outputs, "float32")


def initial_chain(rng, widths):
    """`dense` from each width to the next."""
    return tuple(dense(rng, *pair) for pair in itertools.pairwise(widths))
