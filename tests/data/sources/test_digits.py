"""Handwritten digits."""

import numpy as np
from sklearn.datasets import load_digits

from learned_update.data import check_dataset, digits


def test_digits_are_those_of_scikit_learn_in_other_units():
    dataset = check_dataset(digits())
    images, labels = load_digits(return_X_y=True)
    assert dataset.images.shape == (1797, 8, 8, 1)
    assert dataset.class_names == tuple("0123456789")
    np.testing.assert_array_equal(dataset.labels, labels)
    flat = dataset.images.reshape(1797, 64)
    np.testing.assert_array_equal(flat[images == 0], 0)
    np.testing.assert_array_equal(flat[images == 16], 255)
    np.testing.assert_allclose(flat / 255, images / 16, atol=0.5 / 255)
