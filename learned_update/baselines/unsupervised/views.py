"""Random changes of examples that leave alone what they show."""

import keras
import numpy as np
from keras import ops

from learned_update.errors import invalid


def noisy(x, stddev, seeds):
    """x plus normal noise, `(batch, inputs)`; `seeds` is a `SeedGenerator`."""
    return x + stddev * keras.random.normal(ops.shape(x), seed=seeds)


def masked(x, share, seeds):
    """x with that share of its inputs set to 0, `(batch, inputs)`."""
    kept = keras.random.uniform(ops.shape(x), seed=seeds) >= share
    return ops.where(kept, x, ops.zeros_like(x))


def shifted(x, down, right, image_shape):
    """Images shifted by whole pixels; what comes in is 0.

    Args:
        x: `(batch, inputs)`.
        down: pixels, `(batch,)` int32.
        right: pixels, `(batch,)` int32.
        image_shape: `(height, width, channels)`.

    Returns:
        `(batch, inputs)`.
    """
    height, width, channels = image_shape
    row, column, channel = (
        ops.convert_to_tensor(axis.ravel(), "int32") for axis in np.indices(image_shape)
    )
    row = row - ops.expand_dims(down, -1)  # (batch, inputs)
    column = column - ops.expand_dims(right, -1)
    inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
    source = (row * width + column) * channels + channel
    source = ops.where(inside, source, ops.zeros_like(source))
    values = ops.take_along_axis(x, source, axis=-1)
    return ops.where(inside, values, ops.zeros_like(values))


def check_corruption(noise, masking):
    """Raises `ValueError` for a negative noise or a share outside [0, 1)."""
    if not (np.isfinite(noise) and noise >= 0 and 0 <= masking < 1):
        raise invalid(
            "Inputs cannot be corrupted like this.",
            expected="noise >= 0 and 0 <= masking < 1",
            received=f"noise={noise}, masking={masking}",
            remedy="Give 0 to leave one out.",
        )


def check_image_shape(image_shape, shift, inputs):
    """Raises `ValueError` unless images of that shape can be shifted that far."""
    if image_shape is None:
        return
    sound = len(image_shape) == 3 and np.prod(image_shape) == inputs
    if not sound or not 0 <= shift < min(image_shape[:2]):
        raise invalid(
            "The examples are no images that can be shifted like this.",
            expected="image_shape=(height, width, channels) with as many inputs, and "
            "0 <= shift < height, width",
            received=f"image_shape={image_shape}, shift={shift}, {inputs} inputs",
            remedy="Pass the shape of the data set's images, or None.",
        )
