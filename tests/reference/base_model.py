"""The base model: products, batch normalisation, offsets, activation.

phi is a list of layers from bottom to top; a layer is (kernel, bias, feedback) with
shapes `(in, out)`, `(out,)`, `(in, out)`.
"""

from typing import NamedTuple

import numpy as np

from tests.reference import blocks

ACTIVATIONS = {"relu": blocks.relu, "tanh": np.tanh}


class Layer(NamedTuple):
    """Parameters of one layer, or their changes."""

    kernel: np.ndarray
    bias: np.ndarray
    feedback: np.ndarray


def forward(phi, inputs, activation="relu", epsilon=1e-6, fan_in_scaling=False):
    """All post-activations x_0 .. x_L and pre-activations z_0 .. z_{L-1}."""
    xs, zs = [inputs], []
    for layer in phi:
        products = xs[-1] @ layer.kernel
        if fan_in_scaling:
            products = products / np.sqrt(layer.kernel.shape[0])
        zs.append(blocks.standardised(products, epsilon, axis=0) + layer.bias)
        xs.append(ACTIVATIONS[activation](zs[-1]))
    return xs, zs


def step(phi, changes, kernel_rate, bias_rate):
    """Every variable v moves to (1 - rate) v - rate * change."""

    def moved(variable, change, rate):
        return (1.0 - rate) * variable - rate * change

    return [
        Layer(
            moved(layer.kernel, change.kernel, kernel_rate),
            moved(layer.bias, change.bias, bias_rate),
            moved(layer.feedback, change.feedback, kernel_rate),
        )
        for layer, change in zip(phi, changes, strict=True)
    ]
