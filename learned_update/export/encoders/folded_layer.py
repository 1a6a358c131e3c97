"""A base model whose normalisations are folded into its kernels and biases."""

from typing import Any, NamedTuple

import numpy as np
from keras import ops

from learned_update.checks import check_finite, check_phi
from learned_update.errors import invalid


class FoldedLayer(NamedTuple):
    """x -> activation(x kernel + bias).

    Attributes:
        kernel: `(in, out)`, a NumPy array.
        bias: `(out,)`, a NumPy array.
    """

    kernel: Any
    bias: Any


def folded_layers(base, phi, statistics, input_mean=None, input_scale=None):
    """The layers of a trained base model, bottom to top, as plain affine maps.

    kernel = W s / sqrt(v + epsilon), bias = b - m / sqrt(v + epsilon), where m and v
    are the statistics and s is 1/sqrt(fan-in) or 1; the first layer also takes x to
    (x - input_mean) / input_scale. Computed in float64.

    Args:
        base: `BaseMLP`.
        phi: `Phi`.
        statistics: `Statistics`.
        input_mean: subtracted from the inputs, `(inputs,)` or a number; 0 if None.
        input_scale: then divides them, `(inputs,)` or a number; 1 if None.

    Returns:
        A list of `FoldedLayer` of the dtype of phi.

    Raises:
        ValueError: the arguments do not fit together, hold NaN or infinity, or a
            scale is 0.
    """
    check_phi(phi, len(base.units))
    kernels = [_host(layer.kernel) for layer in phi.layers]
    _check_statistics(statistics, kernels)
    inputs = len(kernels[0])
    input_mean = _per_input("input_mean", input_mean, 0.0, inputs)
    input_scale = _per_input("input_scale", input_scale, 1.0, inputs)
    _check_scale(input_scale)
    dtype = np.dtype(ops.dtype(phi.layers[0].kernel))
    layers = []
    for level, (kernel, layer) in enumerate(zip(kernels, phi.layers, strict=True)):
        mean, variance = statistics.means[level], statistics.variances[level]
        scale = 1.0 / np.sqrt(_host(variance) + base.epsilon)
        bias = _host(layer.bias) - _host(mean) * scale
        if base.fan_in_scaling:
            scale = scale / np.sqrt(len(kernel))
        kernel = kernel * scale
        if level == 0:
            kernel = kernel / input_scale[:, None]
            bias = bias - input_mean @ kernel
        check_finite(kernel, f"The folded kernel of layer {level}")
        check_finite(bias, f"The folded bias of layer {level}")
        layers.append(FoldedLayer(kernel.astype(dtype), bias.astype(dtype)))
    return layers


def _host(x):
    return np.asarray(ops.convert_to_numpy(x), np.float64)


def _per_input(name, value, default, inputs):
    value = np.asarray(default if value is None else value, np.float64)
    if value.shape not in ((), (inputs,)):
        raise invalid(
            f"{name} does not fit the inputs of phi.",
            expected=f"a number or shape ({inputs},)",
            received=f"shape {value.shape}",
            remedy="Pass one number per input.",
        )
    check_finite(value, name)
    return np.broadcast_to(value, (inputs,))


def _check_scale(input_scale):
    zeros = int((input_scale == 0.0).sum())
    if zeros:
        raise invalid(
            "Inputs cannot be divided by a scale of 0.",
            expected="input_scale without zeros",
            received=f"{zeros} zeros of {input_scale.size}",
            remedy="Put 1 where an input does not vary.",
        )


def _check_statistics(statistics, kernels):
    expected = [kernel.shape[1:] for kernel in kernels]
    for name, values in statistics._asdict().items():
        shapes = [tuple(value.shape) for value in values]
        if shapes != expected:
            raise invalid(
                "The statistics do not fit phi.",
                expected=f"{name} of shapes {expected}",
                received=f"{shapes}",
                remedy="Pass base.statistics(phi, x_reference).",
            )
