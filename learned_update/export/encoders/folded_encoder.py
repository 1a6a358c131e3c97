"""A base model whose normalisations are folded into its kernels and biases."""

from typing import Any, NamedTuple

import numpy as np
from keras import ops

from learned_update.checks import check_finite, check_kernels, check_phi
from learned_update.errors import invalid
from learned_update.layers import BaseMLP
from learned_update.layers.bases.outputs import ALL, TOP, WITH_INPUT, check_output

WEAK = 2.0**24  # so much above the smallest normal number a kernel keeps its digits


class FoldedLayer(NamedTuple):
    """x -> activation(x kernel + bias).

    Attributes:
        kernel: `(in, out)`, a NumPy array.
        bias: `(out,)`, a NumPy array.
    """

    kernel: Any
    bias: Any


class FoldedEncoder(NamedTuple):
    """x -> layers((x - centre) factor - rest).

    Attributes:
        centre: what is subtracted from the inputs first, `(inputs,)`, a NumPy array;
            None for nothing.
        layers: `FoldedLayer`s, bottom to top.
        factor: what then multiplies them, `(inputs,)`; None where the first layer
            does it.
        rest: what is subtracted last, `(inputs,)`; None where the first layer does it.
        output: what is given out, one of `OUTPUTS`. Where that has the inputs of an
            MLP, whose first layer divides by itself, factor and rest are for them.
    """

    centre: Any
    layers: list[FoldedLayer]
    factor: Any = None
    rest: Any = None
    output: str = TOP

    def given_out(self, layers, inputs):
        """What stands side by side in the features, one thing or more.

        Args:
            layers: what the layers give, bottom to top.
            inputs: function without arguments that gives the standardised inputs.
        """
        if self.output == ALL:
            return list(layers)
        return [layers[-1], *([inputs()] if self.output == WITH_INPUT else [])]


def folded_encoder(
    base, phi, statistics, input_mean=None, input_scale=None, output=TOP
):
    """A trained base model as a subtraction and plain affine maps.

    kernel = W s / sqrt(v + epsilon), bias = b - m / sqrt(v + epsilon), where m and v
    are the statistics and s is 1/sqrt(fan-in) or 1; the first layer also divides by
    input_scale. Computed in float64.

    The mean is subtracted in two parts. The first is the mean rounded to the dtype,
    `centre`: x - centre is exact where x is near it, hence an input far from zero
    loses nothing. The rest, less than the spacing of such inputs, goes to the bias.

    Args:
        base: base model. Only the first layer of an MLP takes over the division and
            the rest of the mean: another's inputs share kernels.
        phi: `Phi`.
        statistics: `Statistics`.
        input_mean: subtracted from the inputs, `(inputs,)` or a number; 0 if None.
        input_scale: then divides them, `(inputs,)` or a number; 1 if None.
        output: what is given out, one of `OUTPUTS`.

    Returns:
        `FoldedEncoder` of the dtype of phi.

    Raises:
        ValueError: the arguments do not fit together, hold NaN or infinity, a scale
            is 0, or the dtype of phi cannot hold a mean, a scale or a folded layer.
    """
    check_output(base, output)
    kernels = [_host(layer.kernel) for layer in phi.layers]
    shared = not isinstance(base, BaseMLP)
    inputs = base.inputs(len(kernels[0]))
    if shared:
        check_kernels(phi, base.shapes(inputs))
    else:
        check_phi(phi, len(base.units))
    _check_statistics(statistics, kernels)
    centred = input_mean is not None
    input_mean = _per_input("input_mean", input_mean, 0.0, inputs)
    input_scale = _per_input("input_scale", input_scale, 1.0, inputs)
    _check_scale(input_scale)
    dtype = np.dtype(ops.dtype(phi.layers[0].kernel))
    centre = _cast(input_mean, dtype, "input_mean")
    layers = []
    for level, (kernel, layer) in enumerate(zip(kernels, phi.layers, strict=True)):
        mean, variance = statistics.means[level], statistics.variances[level]
        scale = 1.0 / np.sqrt(_host(variance) + base.epsilon)
        bias = _host(layer.bias) - _host(mean) * scale
        if base.fan_in_scaling:
            scale = scale / np.sqrt(len(kernel))
        kernel = kernel * scale
        if level == 0 and not shared:
            kernel = kernel / input_scale[:, None]
            bias = bias - (input_mean - centre) @ kernel
            _check_large_scale(kernel, input_scale, dtype)
        layers.append(
            FoldedLayer(
                _cast(kernel, dtype, f"The folded kernel of layer {level}"),
                _cast(bias, dtype, f"The folded bias of layer {level}"),
            )
        )
    if not shared and output != WITH_INPUT:
        return FoldedEncoder(centre if centred else None, layers, output=output)
    factor = _cast(1.0 / input_scale, dtype, "1 / input_scale")
    rest = _cast((input_mean - centre) / input_scale, dtype, "input_mean")
    given = centred or (factor != 1.0).any()
    return FoldedEncoder(centre if given else None, layers, factor, rest, output)


def _cast(value, dtype, name):
    with np.errstate(over="ignore"):
        value = value.astype(dtype)
    check_finite(value, f"{name} as {dtype}")
    return value


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


def _check_large_scale(kernel, input_scale, dtype):
    """Raises `ValueError` if dividing by a scale leaves next to nothing of a row."""
    smallest = WEAK * np.finfo(dtype).tiny
    largest = np.abs(kernel).max(axis=1)
    small = np.flatnonzero((largest > 0.0) & (largest < smallest))
    if len(small):
        raise invalid(
            f"The scale of input {small[0]} is too large for {dtype}.",
            expected=f"weights of at least {smallest:.2g} after the division by it",
            received=f"input_scale={input_scale[small[0]]:.3g}, weights up to "
            f"{largest[small[0]]:.2g}",
            remedy="Divide the column by a constant first.",
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
