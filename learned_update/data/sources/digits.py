"""Handwritten digits that scikit-learn ships."""

import numpy as np
from sklearn import datasets

from learned_update.data.dataset import Dataset

HIGHEST_VALUE = 16  # scikit-learn counts the ink in 4x4 cells of a 32x32 bitmap


def digits():
    """1,797 handwritten digits, 8x8 pixels, grey (UCI optical recognition, test set).

    Returns:
        `Dataset` with values scaled from 0..16 to 0..255.
    """
    images, labels = datasets.load_digits(return_X_y=True)
    images = np.rint(images * (255 / HIGHEST_VALUE)).astype("uint8")
    return Dataset(
        name="digits",
        images=images.reshape(-1, 8, 8, 1),
        labels=labels.astype("int32"),
        class_names=tuple("0123456789"),
    )
