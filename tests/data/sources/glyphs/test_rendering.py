"""Bitmaps, and images of them."""

import numpy as np
import pytest
from PIL import Image

from learned_update.data.sources.glyphs.fonts import load_faces
from learned_update.data.sources.glyphs.rendering import (
    SCALE,
    SHIFT,
    bitmap,
    jitter,
    render,
)
from learned_update.randomness import generator


def bilinear(array, x, y):
    """Samples at pixel-centre coordinates; 0 outside. Independent of Pillow."""
    left, top = int(np.floor(x - 0.5)), int(np.floor(y - 0.5))
    right_share, lower_share = x - 0.5 - left, y - 0.5 - top
    padded = np.pad(array.astype("float64"), 1, mode="edge")
    corners = padded[top + 1 : top + 3, left + 1 : left + 3]
    return (
        np.array([1 - lower_share, lower_share])
        @ corners
        @ [
            1 - right_share,
            right_share,
        ]
    )


def slow_render(array, size, matrix, shift, supersampling=4):
    """The definition of `render`, one sample at a time."""
    height, width = array.shape
    fine = size * supersampling
    samples = np.zeros((fine, fine))
    for row in range(fine):
        for column in range(fine):
            position = (np.array([column, row]) + 0.5) / fine - 0.5 - shift
            x, y = np.array([width, height]) / 2 + matrix @ position * (
                max(width, height) - 2
            )
            if 0 <= x < width and 0 <= y < height:
                samples[row, column] = bilinear(array, x, y)
    return samples.reshape(size, supersampling, size, supersampling).mean((1, 3))


def test_a_bitmap_is_ink_with_a_margin_of_one_pixel():
    image = bitmap(load_faces()[0], "R")
    pixels = np.asarray(image)
    border = [pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]
    assert not np.concatenate(border).any()
    inner = [pixels[1], pixels[-2], pixels[:, 1], pixels[:, -2]]
    assert all(line.any() for line in inner)
    assert pixels.max() == 255


def test_there_is_no_bitmap_of_a_blank():
    assert bitmap(load_faces()[0], " ") is None


def test_a_square_fills_the_image():
    square = np.pad(np.full((40, 40), 255, "uint8"), 1)
    (image,) = render([Image.fromarray(square)], 8)
    np.testing.assert_array_equal(image[1:-1, 1:-1], 255)
    assert image.min() > 240  # bilinear samples at the edge see the margin


def test_a_tall_bar_is_centred_and_keeps_its_aspect():
    bar = np.pad(np.full((40, 10), 255, "uint8"), 1)
    (image,) = render([Image.fromarray(bar)], 8)
    np.testing.assert_allclose(
        image.sum(0) / image.sum(), [0] * 3 + [0.5] * 2 + [0] * 3
    )


@pytest.mark.parametrize("size", [8, 11])
def test_rendering_agrees_with_its_definition(size):
    images = [bitmap(face, "g") for face in load_faces()[:3]]
    matrices, shifts = jitter(generator(4), 3)
    rendered = render(images, size, matrices, shifts)
    assert rendered.dtype == np.uint8
    for i, image in enumerate(images):
        expected = slow_render(np.asarray(image), size, matrices[i], shifts[i])
        np.testing.assert_allclose(rendered[i], expected, atol=1.6)


def test_jitter_stays_in_its_ranges():
    matrices, shifts = jitter(generator(0), 5000)
    assert matrices.shape == (5000, 2, 2)
    assert 0.99 * SHIFT < np.abs(shifts).max() <= SHIFT
    scales = np.linalg.det(matrices) ** -0.5
    assert SCALE[0] <= scales.min() < SCALE[0] + 0.01
    assert SCALE[1] - 0.01 < scales.max() <= SCALE[1] + 1e-12
    np.testing.assert_allclose(matrices.mean(axis=0)[[0, 1], [1, 0]], 0, atol=0.02)
    np.testing.assert_allclose(shifts.mean(axis=0), 0, atol=0.01)
