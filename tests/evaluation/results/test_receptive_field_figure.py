"""Kernels as images: what is drawn, and that something is."""

import matplotlib.image
import numpy as np

from learned_update.evaluation.results.figures import save
from learned_update.evaluation.results.receptive_field_figure import (
    mosaic,
    receptive_fields,
    receptive_fields_figure,
)


def test_receptive_fields_are_columns_scaled_by_their_largest_weight():
    kernel = np.array([[1.0, 0.0], [2.0, 0.0], [-4.0, 0.0], [0.0, 0.0]])
    images = receptive_fields(kernel, (2, 2, 1))
    np.testing.assert_array_equal(images[0], [[0.25, 0.5], [-1.0, 0.0]])
    np.testing.assert_array_equal(images[1], np.zeros((2, 2)))


def test_receptive_fields_average_channels():
    kernel = np.array([[1.0], [3.0], [0.0], [2.0]])  # 1 x 2 pixels of 2 channels
    np.testing.assert_array_equal(receptive_fields(kernel, (1, 2, 2)), [[[1.0, 0.5]]])


def test_mosaic_puts_images_row_by_row_with_gaps():
    nan = np.nan
    images = np.arange(1.0, 4.0)[:, None, None] * np.ones((3, 1, 2))
    np.testing.assert_array_equal(
        mosaic(images),
        [
            [nan] * 7,
            [nan, 1, 1, nan, 2, 2, nan],
            [nan] * 7,
            [nan, 3, 3, nan, nan, nan, nan],
            [nan] * 7,
        ],
    )


def test_receptive_fields_figure(tmp_path):
    kernel = np.random.default_rng(0).normal(size=(16, 9))
    panels = {
        "before": (kernel, (4, 4, 1)),
        "after": (-kernel, (4, 4, 1)),
        "colour": (kernel[:12], (2, 2, 3)),
    }
    figure = receptive_fields_figure(panels, columns=2)
    titles = [axis.get_title() for axis in figure.axes[:4]]
    assert titles == ["before", "after", "colour", ""]
    first, second = (axis.images[0].get_array() for axis in figure.axes[:2])
    np.testing.assert_array_equal(first, -second)
    path = tmp_path / "fields.png"
    save(figure, path)
    assert matplotlib.image.imread(path).std() > 0.05
