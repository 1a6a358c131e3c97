"""Two interleaved half circles."""

import numpy as np
import pytest

from learned_update.data import check_dataset
from learned_update.data.sources.two_moons import two_moons


def test_points_without_noise_lie_on_the_half_circles():
    dataset = check_dataset(two_moons(101, noise=0))
    assert dataset.name == "two_moons"
    assert dataset.class_names == ("upper", "lower")
    assert dataset.images.shape == (101, 1, 2, 1)
    assert dataset.images.dtype == np.float32
    assert np.bincount(dataset.labels).tolist() == [50, 51]
    centres = np.array([[0, 0], [1, 0.5]])[dataset.labels]
    offsets = dataset.images[:, 0, :, 0] - centres
    np.testing.assert_allclose((offsets**2).sum(axis=1), 1, atol=1e-6)
    signs = np.where(dataset.labels == 0, 1, -1)  # the first moon opens downwards
    assert (offsets[:, 1] * signs > -1e-6).all()


def test_noise_has_its_standard_deviation():
    clean, noisy = (two_moons(5000, noise).images for noise in (0, 0.3))
    np.testing.assert_allclose((noisy - clean).std(), 0.3, rtol=0.03)


def test_points_are_a_function_of_the_seed():
    first, again, other = (two_moons(20, seed=seed).images for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert (first != other).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"examples": 1}, "too few examples.*at least 2. Received: examples=1. Give"),
        ({"noise": -0.1}, "Expected: a standard deviation.*Received: noise=-0.1. Give"),
        ({"noise": np.nan}, "Received: noise=nan. Give 0"),
        ({"noise": np.inf}, "Received: noise=inf. Give 0"),
    ],
)
def test_impossible_moons(arguments, message):
    with pytest.raises(ValueError, match=message):
        two_moons(**arguments)
