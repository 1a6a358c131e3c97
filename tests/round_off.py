"""How far rounding may take the features of a base model from the exact ones.

The standard model of floating-point arithmetic (Higham, Accuracy and Stability of
Numerical Algorithms, sections 2.2 and 3.1): every operation is exact times 1 + d with
|d| <= u, and a sum of n products in any order is within n u of the sum of their sizes.
So the bound holds for every kernel, processor and order of summation.
"""

import keras
import numpy as np

ACTIVATIONS = {
    keras.activations.linear: lambda z: z,
    keras.activations.relu: lambda z: np.maximum(z, 0),
}
OTHER_OPERATIONS = 16  # of a layer, besides its sum; rsqrt counts for four
UNIT = {"float32": 2.0**-24, "float64": 2.0**-53}


def embedding_and_bound(base, phi, statistics, x, input_error, dtype):
    """Features of a ReLU or linear base model, and a bound on their rounding errors.

    Args:
        base: `BaseMLP`.
        phi: `Phi`.
        statistics: `Statistics`.
        x: inputs, `(rows, inputs)` float64 or longdouble; sets the precision.
        input_error: how far x is from what the base model is given, `(rows, inputs)`.
        dtype: of the arithmetic that is bounded.

    Returns:
        Both `(rows, units[-1])`.
    """
    error = np.asarray(input_error)
    for layer, mean, variance in zip(
        phi.layers, statistics.means, statistics.variances, strict=True
    ):
        kernel, bias, mean, variance = (
            np.asarray(value).astype(x.dtype)
            for value in (layer.kernel, layer.bias, mean, variance)
        )
        fan_in = len(kernel) if base.fan_in_scaling else 1
        scale = 1 / np.sqrt(variance + x.dtype.type(base.epsilon))
        kernel = kernel / np.sqrt(x.dtype.type(fan_in))
        size = (np.abs(x) @ np.abs(kernel) + np.abs(mean)) * scale + np.abs(bias)
        terms = len(kernel) + OTHER_OPERATIONS
        # 1.01: what is of second order in u
        error = 1.01 * (error @ np.abs(kernel) * scale + terms * UNIT[dtype] * size)
        x = ACTIVATIONS[base.activation]((x @ kernel - mean) * scale + bias)
    return x, error


def features_and_bound(encoder, x):
    """Features of a fitted `LearnedUpdateEncoder`, and a bound on rounding errors.

    Args:
        encoder: of float32.
        x: raw rows that float32 holds exactly, `(rows, inputs)`.

    Returns:
        Both `(rows, units[-1])`. The bound is that of `transform` and of exports.
    """
    inputs, unit = np.asarray(x, "float64"), UNIT["float32"]
    error = unit * np.abs(inputs)
    if encoder.standardise:
        inputs = (inputs - encoder.mean_) / encoder.scale_
        rest = np.abs(encoder.mean_ - np.float32(encoder.mean_)) / encoder.scale_
        # of the subtraction, of the division, and of the rest that went to the bias
        error = 4 * unit * (np.abs(inputs) + rest)
    return embedding_and_bound(
        encoder.base_, encoder.phi_, encoder.statistics_, inputs, error, "float32"
    )
