"""Rotation, shift and noise, against SciPy's interpolation."""

import numpy as np
import pytest
from keras import ops
from scipy import ndimage

from learned_update import backend
from learned_update.ops.augmentation import augment, moved

SHAPES = [(5, 5, 1), (4, 7, 1), (6, 5, 3)]
RNG = np.random.default_rng(0)


def bank(shape, examples=6, dtype="uint8"):
    pixels = RNG.integers(0, 256, size=(examples, np.prod(shape)))
    return pixels.astype(dtype) if dtype == "uint8" else (pixels / 255).astype(dtype)


def coefficients(tasks=2, rows=3):
    angle = RNG.uniform(-np.pi, np.pi, size=(tasks, rows, 1))
    shift = RNG.uniform(-2, 2, size=(tasks, rows, 2))
    level = RNG.uniform(0, 0.5, size=(tasks, rows, 1))
    return np.concatenate([angle, shift, level], axis=-1)


def reference(image, coefficient):
    """One image of `(height, width, channels)` in [0, 1], turned, then shifted."""
    angle, down, right, _ = coefficient
    height, width, channels = image.shape
    centre = np.array([height - 1, width - 1]) / 2
    cosine, sine = np.cos(angle), np.sin(angle)
    back = np.array([[cosine, sine], [-sine, cosine]])
    grid = np.moveaxis(np.indices((height, width)), 0, -1)  # (height, width, 2)
    source = (grid - [down, right] - centre) @ back.T + centre
    source = np.moveaxis(source, -1, 0)
    return np.stack(
        [
            ndimage.map_coordinates(image[..., c], source, order=1, mode="nearest")
            for c in range(channels)
        ],
        axis=-1,
    )


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_images_are_those_of_scipy_and_noise_is_added(shape, dtype):
    pixels, drawn = bank(shape, dtype=dtype), coefficients()
    noise_bank = RNG.normal(size=(4, np.prod(shape))).astype("float32")
    rows = np.array([[0, 5, 3], [2, 2, 1]], "int32")
    noise = np.array([[3, 0, 1], [1, 1, 2]], "int32")
    compiled = backend.jit(
        lambda *x: augment(*x, image_shape=shape, dtype="float64"),
        free=dict.fromkeys((2, 3, 4), ...),
    )
    result = ops.convert_to_numpy(compiled(pixels, noise_bank, rows, drawn, noise))
    scaled = pixels / 255 if dtype == "uint8" else pixels.astype("float64")
    for task, row in np.ndindex(2, 3):
        image = scaled[rows[task, row]].reshape(shape)
        expected = reference(image, drawn[task, row]).ravel()
        expected = expected + drawn[task, row, 3] * noise_bank[noise[task, row]]
        np.testing.assert_allclose(result[task, row], expected, atol=1e-12)


def plain(shape, angle, down=0.0, right=0.0):
    """One image of a bank, moved, `(height, width, channels)`."""
    pixels = bank(shape, examples=1)
    drawn = np.array([[[angle, down, right, 0.0]]])
    result = moved(pixels, np.zeros((1, 1), "int32"), drawn, shape, "float64")
    before = pixels.reshape(shape) / 255
    return before, ops.convert_to_numpy(result).reshape(shape)


def test_nothing_moves_without_coefficients():
    before, after = plain((5, 4, 3), 0.0)
    np.testing.assert_allclose(after, before, atol=1e-12)


def test_whole_shifts_carry_the_edge_on():
    before, after = plain((5, 4, 1), 0.0, down=2.0, right=-1.0)
    np.testing.assert_allclose(after[2:, :-1], before[:-2, 1:], atol=1e-12)
    np.testing.assert_allclose(after[0], after[2], atol=1e-12)
    np.testing.assert_allclose(after[:, -1], after[:, -2], atol=1e-12)


def test_a_quarter_turn_takes_down_to_the_right():
    before, after = plain((5, 5, 2), np.pi / 2)
    np.testing.assert_allclose(after, np.rot90(before), atol=1e-12)
    assert not np.allclose(after, np.rot90(before, -1))
