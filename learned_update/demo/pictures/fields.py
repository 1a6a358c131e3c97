"""Receptive fields of the first layer, and examples of the images beside them."""

import numpy as np

from learned_update.demo.pictures.colours import weight_colours
from learned_update.demo.pictures.markup import image
from learned_update.evaluation.results.receptive_field_figure import (
    mosaic,
    receptive_fields,
)

FIELDS = 36
EXAMPLES = 24


def fields(kernel, image_shape):
    """An `<img>` of the first units' weights, each scaled by its largest.

    Args:
        kernel: of the first layer, `(inputs, units)`.
        image_shape: `(height, width, channels)` of the images.
    """
    tiles = receptive_fields(kernel, image_shape)[:FIELDS]
    return image(
        weight_colours(mosaic(tiles)),
        f"Weights of the first {len(tiles)} units of the first layer",
    )


def examples(images):
    """An `<img>` with a row of images from all over a data set.

    Args:
        images: `(examples, height, width, channels)` uint8.
    """
    chosen = np.linspace(0, len(images) - 1, min(EXAMPLES, len(images))).astype(int)
    strip = np.concatenate([_framed(images[row]) for row in chosen], axis=1)
    return image(strip[..., 0] if strip.shape[-1] == 1 else strip, "Some of the images")


def _framed(picture):
    return np.pad(picture, ((0, 0), (0, 1), (0, 0)), constant_values=255)
