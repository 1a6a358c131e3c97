"""Random affine maps of the inputs, so that tasks differ in more than classes.

A map is x <- (x - offset) matrix, with x a row of pixels in [0, 1]; without tilt it is
one of the inputs one by one.
"""

from typing import NamedTuple

import numpy as np

from learned_update.errors import invalid
from learned_update.types import InputMap, PixelMap

VARIANCE_FLOOR = 1e-3  # variances count as at least this share of the largest one


class Spectrum(NamedTuple):
    """Principal axes of the pixels of a data set.

    Attributes:
        mean: `(inputs,)`.
        variances: along the axes, ascending, `(inputs,)`; None if not needed.
        axes: orthonormal columns, `(inputs, inputs)`; None if not needed.
    """

    mean: np.ndarray
    variances: np.ndarray | None = None
    axes: np.ndarray | None = None


class InputMapDistribution(NamedTuple):
    """How often, and how far, inputs are mapped.

    Attributes:
        inversion: probability of x <- 1 - x.
        tilt: probability that the spectrum is tilted (`tilt_matrix`).
        rotation: probability that a tilt ends in a random rotation of the input space
            instead of in the data set's own axes.
        signs: probability of random signs of the inputs.
        permutation: probability of a random order of the inputs.
        exponents: range of the tilt's exponent a, uniform; 1 whitens.
    """

    inversion: float = 0.5
    tilt: float = 0.65
    rotation: float = 0.5
    signs: float = 0.1
    permutation: float = 0.0
    exponents: tuple[float, float] = (-0.7, 1.2)


def check_distribution(distribution):
    """Raises `ValueError` for probabilities outside [0, 1] or an empty range."""
    low, high = distribution.exponents
    for name, value in distribution._asdict().items():
        if name != "exponents" and not 0 <= value <= 1:
            raise invalid(
                f"The probability of {name} of the inputs is not one.",
                expected="a number from 0 to 1",
                received=f"{name}={value}",
                remedy="Give 0 to never do it, 1 to always do it.",
            )
    if not (np.isfinite([low, high]).all() and low <= high):
        raise invalid(
            "The range of the tilt's exponent is empty or not finite.",
            expected="exponents=(low, high) with low <= high",
            received=f"exponents={distribution.exponents}",
            remedy="Swap them, or give the same number twice for a fixed exponent.",
        )


def spectrum(pixels):
    """Mean, variances and principal axes of `pixels`, in float64.

    Args:
        pixels: `(examples, inputs)`.

    Returns:
        `Spectrum`.
    """
    pixels = np.asarray(pixels, "float64")
    mean = pixels.mean(axis=0)
    centred = pixels - mean
    variances, axes = np.linalg.eigh(centred.T @ centred / len(pixels))
    return Spectrum(mean, np.maximum(variances, 0.0), axes)


def identity_map(inputs):
    """The map that leaves `inputs` inputs as they are."""
    return _pixel_map(np.zeros(inputs), np.ones(inputs), np.arange(inputs))


def tilt_matrix(axes, variances, exponent, rotation=None):
    """Scales principal axis i by lambda_i^(-a/2), total variance kept.

    U diag(s) U^T with s_i = c lambda_i^(-a/2) and c such that sum_i s_i^2 lambda_i =
    sum_i lambda_i. With a rotation Q, U diag(s) Q.

    Args:
        axes: U, orthonormal columns, `(inputs, inputs)`.
        variances: lambda, `(inputs,)`, not all 0; floored at `VARIANCE_FLOOR` of the
            largest for the scales.
        exponent: a; 0 leaves the spectrum alone, 1 whitens it.
        rotation: orthogonal matrix Q, `(inputs, inputs)`, in place of U^T.

    Returns:
        `(inputs, inputs)`.
    """
    floored = np.maximum(variances, VARIANCE_FLOOR * variances.max())
    scales = (floored / floored.max()) ** (-exponent / 2)
    scales *= np.sqrt(variances.sum() / np.sum(scales**2 * variances))
    return (axes * scales) @ (axes.T if rotation is None else rotation)


def random_rotation(rng, inputs):
    """An orthogonal matrix, uniform in the sense of Haar, `(inputs, inputs)`."""
    q, r = np.linalg.qr(rng.standard_normal((inputs, inputs)))
    return q * np.sign(np.diag(r))


def draw_input_map(rng, distribution, spectrum, ceiling=1.0):
    """Draws a map: inversion, then tilt (with rotation), signs and permutation.

    A tilted input is centred on the data set's mean; others keep their origin.

    Args:
        rng: NumPy generator.
        distribution: `InputMapDistribution`.
        spectrum: `Spectrum` of the task's data set; of its mean alone if the
            distribution never tilts.
        ceiling: c of the inversion x <- c - x; 0 for inputs of mean 0.

    Returns:
        `PixelMap` if the distribution never tilts, else `InputMap`; in float32,
        computed in float64.
    """
    inputs = len(spectrum.mean)
    inverted, tilted, rotated, signed, permuted = rng.random(5) < distribution[:5]
    offset, sign = np.full(inputs, ceiling * inverted), -1.0 if inverted else 1.0
    matrix = None
    if tilted:
        exponent = rng.uniform(*distribution.exponents)
        rotation = random_rotation(rng, inputs) if rotated else None
        tilt = tilt_matrix(spectrum.axes, spectrum.variances, exponent, rotation)
        offset, matrix = spectrum.mean, sign * tilt
    scale = rng.choice([-1.0, 1.0], inputs) if signed else np.ones(inputs)
    order = rng.permutation(inputs) if permuted else np.arange(inputs)
    if not distribution.tilt:
        return _pixel_map(offset, sign * scale, order)
    matrix = sign * np.eye(inputs) if matrix is None else matrix
    matrix = (matrix * scale)[:, order]
    return InputMap(offset.astype("float32"), matrix.astype("float32"))


def _pixel_map(offset, scale, order):
    return PixelMap(
        offset.astype("float32"), scale.astype("float32"), order.astype("int32")
    )
