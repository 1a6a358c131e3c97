"""Inputs brought to mean 0 and variance 1 before anything else maps them."""

from typing import NamedTuple

import numpy as np

from learned_update.errors import invalid
from learned_update.types import InputMap, PixelMap

MODES = ("none", "inputs", "data_set")
STDDEV_FLOOR = 0.01  # standard deviations count as at least this share of the largest


class Normalisation(NamedTuple):
    """x <- (x - mean) scale.

    Attributes:
        mean: `(inputs,)`.
        scale: `(inputs,)`.
    """

    mean: np.ndarray
    scale: np.ndarray


def check_normalisation(mode):
    """Raises `ValueError` unless it is one of `MODES`."""
    if mode not in MODES:
        raise invalid(
            "Unknown normalisation.",
            expected=f"one of {', '.join(MODES)}",
            received=f"normalisation={mode!r}",
            remedy="'inputs' takes moments per input, 'data_set' common ones.",
        )


def normalisation(mode, pixels):
    """What brings the examples of a data set to mean 0 and variance 1.

    Args:
        mode: `"none"`; `"inputs"`: every input by its own moments; `"data_set"`: all
            inputs by common ones.
        pixels: `(examples, inputs)` floats, which vary.

    Returns:
        `Normalisation` in float64; inputs that hardly vary are only centred.
    """
    inputs = pixels.shape[1]
    if mode == "none":
        return Normalisation(np.zeros(inputs), np.ones(inputs))
    axis = 0 if mode == "inputs" else None
    mean = np.broadcast_to(pixels.mean(axis=axis, dtype="float64"), inputs)
    stddev = np.broadcast_to(pixels.std(axis=axis, dtype="float64"), inputs)
    return Normalisation(mean, 1 / np.maximum(stddev, STDDEV_FLOOR * stddev.max()))


def normalised_first(input_map, normalisation):
    """The map that first normalises, then maps as `input_map`.

    Args:
        input_map: `InputMap` or `PixelMap`.
        normalisation: `Normalisation`.

    Returns:
        A map of the same type, float32.
    """
    mean, scale = normalisation
    offset = (mean + input_map.offset / scale).astype("float32")
    if isinstance(input_map, PixelMap):
        scale = (scale * input_map.scale).astype("float32")
        return PixelMap(offset, scale, input_map.order)
    return InputMap(offset, (scale[:, None] * input_map.matrix).astype("float32"))
