"""Colours of classes and of weights."""

import colorsys

import numpy as np

PALETTE = (  # Tableau 10
    *("#4e79a7", "#f28e2b", "#59a14f", "#e15759", "#76b7b2"),
    *("#edc948", "#b07aa1", "#ff9da7", "#9c755f", "#a3b72b"),
)
NO_CLASS = "#9aa0a6"
_GOLDEN = 0.618034  # of a turn, so that hues stay apart however many there are
_NEGATIVE, _NOTHING, _POSITIVE = (178, 24, 43), (247, 247, 247), (33, 102, 172)


def class_colour(index):
    """Colour of a class; grey for -1, no class."""
    if index < 0:
        return NO_CLASS
    if index < len(PALETTE):
        return PALETTE[index]
    red, green, blue = colorsys.hls_to_rgb(index * _GOLDEN % 1, 0.55, 0.55)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"


def weight_colours(weights):
    """Blue for positive, red for negative, transparent for NaN.

    Args:
        weights: from -1 to 1, `(height, width)`.

    Returns:
        `(height, width, 4)` uint8.
    """
    size = np.abs(np.nan_to_num(weights))[..., None]
    positive = np.nan_to_num(weights)[..., None] > 0
    towards = np.where(positive, _POSITIVE, _NEGATIVE)
    colours = np.array(_NOTHING) * (1 - size) + towards * size
    opacity = np.where(np.isnan(weights), 0, 255)[..., None]
    return np.rint(np.concatenate([colours, opacity], axis=-1)).astype("uint8")
