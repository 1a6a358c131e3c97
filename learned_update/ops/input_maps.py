"""Examples as the base model sees them: gathered, scaled and mapped."""

from keras import ops

from learned_update.types import PixelMap

PIXEL_SCALE = 1.0 / 255.0  # uint8 pixels to [0, 1]


def gather(pixels, rows, dtype):
    """Examples by their rows; uint8 pixels are scaled to [0, 1].

    Args:
        pixels: `(examples, inputs)` uint8 or floats.
        rows: `(tasks, rows)`.
        dtype: of the result.

    Returns:
        `(tasks, rows, inputs)`.
    """
    return scaled(ops.take(pixels, rows, axis=0), dtype)


def scaled(pixels, dtype):
    """Pixels as floats; uint8 is scaled to [0, 1]."""
    is_uint8 = ops.dtype(pixels) == "uint8"
    pixels = ops.cast(pixels, dtype)
    return pixels * PIXEL_SCALE if is_uint8 else pixels


def apply_input_map(images, input_map):
    """Maps the examples of every task by the map of the task.

    Args:
        images: `(tasks, rows, inputs)`.
        input_map: `InputMap` or `PixelMap`, leading `tasks` axis.

    Returns:
        `(tasks, rows, inputs)`.
    """
    dtype = images.dtype
    images = images - ops.expand_dims(ops.cast(input_map.offset, dtype), 1)
    if not isinstance(input_map, PixelMap):
        return ops.matmul(images, ops.cast(input_map.matrix, dtype))
    images = images * ops.expand_dims(ops.cast(input_map.scale, dtype), 1)
    return ops.take_along_axis(images, ops.expand_dims(input_map.order, 1), axis=-1)
