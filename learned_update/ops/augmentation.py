"""Rotation, shift and noise of images by given coefficients."""

import numpy as np
from keras import ops

from learned_update import backend
from learned_update.ops.input_maps import gather, scaled
from learned_update.types import NOISE, ROTATION, SHIFT_DOWN, SHIFT_RIGHT


def augment(pixels, noise_bank, rows, coefficients, noise, image_shape, dtype):
    """Images of every task, rotated, shifted and with noise added.

    Args:
        pixels: `(examples, inputs)` uint8 or floats.
        noise_bank: noise images of variance 1, `(images, inputs)`.
        rows: examples, `(tasks, rows)` int32.
        coefficients: `(tasks, rows, 4)`: rotation in radians, shift down and to the
            right in pixels, standard deviation of the noise.
        noise: noise images, `(tasks, rows)` int32.
        image_shape: `(height, width, channels)`.
        dtype: of the result.

    Returns:
        `(tasks, rows, inputs)`.
    """
    coefficients = ops.cast(coefficients, dtype)
    images = moved(pixels, rows, coefficients, image_shape, dtype)
    level = coefficients[..., NOISE : NOISE + 1]
    return images + level * ops.cast(ops.take(noise_bank, noise, axis=0), dtype)


def read_examples(resident, rows, coefficients, noise, image_shape, dtype):
    """Examples by their rows, augmented if `image_shape` says so.

    Args:
        resident: `Resident`.
        rows: `(tasks, rows)` int32.
        coefficients: see `augment`; `()` if images are not augmented.
        noise: see `augment`; `()` if images are not augmented.
        image_shape: `(height, width, channels)`; `()` if images are not augmented.
        dtype: of the result.

    Returns:
        `(tasks, rows, inputs)`, before the input map.
    """
    if not image_shape:
        return gather(resident.pixels, rows, dtype)
    return augment(*resident, rows, coefficients, noise, image_shape, dtype)


def moved(pixels, rows, coefficients, image_shape, dtype):
    """Images turned about their centre, then shifted; bilinear, edges carried on.

    The pixel of the result at p is the image at c + R(-angle) (p - shift - c), with c
    the centre and a positive angle turning from the axis that points down to the one
    that points right.

    Args:
        pixels: `(examples, inputs)`.
        rows: `(tasks, rows)` int32.
        coefficients: see `augment`.
        image_shape: `(height, width, channels)`.
        dtype: of the result.

    Returns:
        `(tasks, rows, inputs)`.
    """
    height, width, channels = image_shape
    down, right = _centred_grid(height, width, dtype)  # (height * width,) each
    angle = coefficients[..., ROTATION : ROTATION + 1]
    down = down - coefficients[..., SHIFT_DOWN : SHIFT_DOWN + 1]
    right = right - coefficients[..., SHIFT_RIGHT : SHIFT_RIGHT + 1]
    cosine, sine = backend.cos(angle), backend.sin(angle)
    y = cosine * down + sine * right + (height - 1) / 2  # (tasks, rows, positions)
    x = cosine * right - sine * down + (width - 1) / 2
    top, below, lower_share = _neighbours(y, height)
    left, beside, right_share = _neighbours(x, width)

    # The whole of `pixels` in this shape fills a TPU: it pads channels to 128.
    tasks, examples = ops.shape(rows)
    bank = ops.reshape(ops.take(pixels, rows, axis=0), (-1, channels))
    first = ops.reshape(ops.arange(tasks * examples), (tasks, examples, 1))
    first = ops.cast(first, "int32") * (height * width)

    def corner(row, column):
        return scaled(ops.take(bank, first + row * width + column, axis=0), dtype)

    lower_share = ops.expand_dims(lower_share, -1)
    right_share = ops.expand_dims(right_share, -1)
    upper = _between(corner(top, left), corner(top, beside), right_share)
    lower = _between(corner(below, left), corner(below, beside), right_share)
    images = _between(upper, lower, lower_share)  # (tasks, rows, positions, channels)
    return ops.reshape(images, (*ops.shape(rows), height * width * channels))


def _centred_grid(height, width, dtype):
    down, right = np.meshgrid(np.arange(height), np.arange(width), indexing="ij")
    return tuple(
        ops.convert_to_tensor(axis.ravel() - (size - 1) / 2, dtype)
        for axis, size in ((down, height), (right, width))
    )


def _neighbours(position, size):
    """The two pixels that a position lies between, and the share of the second."""
    position = ops.clip(position, 0.0, size - 1.0)
    before = ops.floor(position)
    share = position - before
    before = ops.cast(before, "int32")
    return before, ops.minimum(before + 1, size - 1), share


def _between(first, second, share):
    return first + share * (second - first)
