"""Input maps on the device."""

import numpy as np
from keras import ops

from learned_update import backend
from learned_update.ops.input_maps import apply_input_map, gather
from learned_update.types import InputMap, PixelMap

RNG = np.random.default_rng(0)
IMAGES = RNG.normal(size=(2, 4, 3))


def mapped(input_map):
    return ops.convert_to_numpy(backend.jit(apply_input_map)(IMAGES, input_map))


def test_input_map():
    offset, matrix = RNG.normal(size=(2, 3)), RNG.normal(size=(2, 3, 3))
    expected = [(x - o) @ m for x, o, m in zip(IMAGES, offset, matrix, strict=True)]
    np.testing.assert_allclose(mapped(InputMap(offset, matrix)), expected, atol=1e-14)


def test_pixel_map():
    offset, scale = RNG.normal(size=(2, 3)), RNG.normal(size=(2, 3))
    order = np.array([[2, 0, 1], [0, 2, 1]], "int32")
    expected = [
        ((x - o) * s)[:, p]
        for x, o, s, p in zip(IMAGES, offset, scale, order, strict=True)
    ]
    result = mapped(PixelMap(offset, scale, order))
    np.testing.assert_allclose(result, expected, atol=1e-14)


def test_only_uint8_is_scaled():
    rows = np.array([[1, 0], [2, 2]], "int32")
    pixels = RNG.integers(0, 256, size=(3, 5)).astype("uint8")
    for bank, expected in (
        (pixels, pixels[rows] / 255),
        (IMAGES[0].astype("float32"), IMAGES[0].astype("float32")[rows]),
    ):
        result = ops.convert_to_numpy(gather(bank, rows, "float64"))
        np.testing.assert_allclose(result, expected, atol=1e-15)
