"""First-layer kernels as images."""

import math

import numpy as np
from matplotlib.figure import Figure

from learned_update.evaluation.results.figures import PANEL


def receptive_fields_figure(panels, columns=None, units=36):
    """First-layer kernels as images, one panel of units per state of phi.

    Each unit is scaled by its own largest weight: blue positive, red negative.
    Channels are averaged.

    Args:
        panels: `{title: (kernel, image_shape)}`: `(inputs, units)` and `(height, width,
            channels)` of the images that are flattened to the inputs, row by row.
        columns: panels in a row; None puts all in one.
        units: how many units to show, the first ones.

    Returns:
        A `Figure`.
    """
    columns = columns or len(panels)
    rows = math.ceil(len(panels) / columns)
    figure = Figure(
        figsize=(PANEL[0] * columns, (PANEL[0] + 0.3) * rows + 0.3),
        layout="constrained",
    )
    axes = list(figure.subplots(rows, columns, squeeze=False).flat)
    for axis in axes:
        axis.set_axis_off()
    for axis, (title, (kernel, image_shape)) in zip(axes, panels.items(), strict=False):
        picture = axis.imshow(
            mosaic(receptive_fields(kernel, image_shape)[:units]),
            cmap="RdBu",
            vmin=-1,
            vmax=1,
            interpolation="nearest",
        )
        axis.set_title(title, fontsize="medium")
    figure.colorbar(
        picture,
        ax=axes,
        location="bottom",
        shrink=0.4,
        aspect=40,
        label="weight / largest weight of the unit",
    )
    return figure


def receptive_fields(kernel, image_shape):
    """Columns of a kernel as images of largest absolute value 1.

    Args:
        kernel: `(inputs, units)`.
        image_shape: `(height, width, channels)`.

    Returns:
        `(units, height, width)`.
    """
    images = np.reshape(np.transpose(kernel), (-1, *image_shape))
    images = np.mean(images, axis=-1)
    largest = np.max(np.abs(images), axis=(1, 2), keepdims=True)
    return images / np.where(largest > 0, largest, 1.0)


def mosaic(images):
    """Tiles images in a nearly square grid with NaN between them.

    Args:
        images: `(count, height, width)`.

    Returns:
        `(rows * (height + 1) + 1, columns * (width + 1) + 1)`.
    """
    count, height, width = images.shape
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    canvas = np.full((rows * (height + 1) + 1, columns * (width + 1) + 1), np.nan)
    for index, image in enumerate(images):
        row, column = divmod(index, columns)
        top, left = row * (height + 1) + 1, column * (width + 1) + 1
        canvas[top : top + height, left : left + width] = image
    return canvas
