"""Inputs of mean 0 and variance 1."""

import numpy as np
import pytest

from learned_update.data import Dataset, InputMapDistribution, TaskDistribution
from learned_update.data.tasks.input_maps import draw_input_map, spectrum
from learned_update.data.tasks.normalisation import (
    check_normalisation,
    normalisation,
    normalised_first,
)
from learned_update.ops.input_maps import apply_input_map
from learned_update.randomness import generator

RNG = np.random.default_rng(0)
PIXELS = RNG.normal(size=(60, 5)) @ RNG.normal(size=(5, 5)) + RNG.normal(size=5)


def mapped(input_map, pixels):
    leading = type(input_map)(*(part[None] for part in input_map))
    return np.asarray(apply_input_map(pixels[None], leading))[0]


def test_modes():
    for mode, axis in (("inputs", 0), ("data_set", None)):
        mean, scale = normalisation(mode, PIXELS)
        result = (PIXELS - mean) * scale
        np.testing.assert_allclose(result.mean(axis=axis), 0, atol=1e-12)
        np.testing.assert_allclose(result.std(axis=axis), 1, atol=1e-12)
    mean, scale = normalisation("none", PIXELS)
    np.testing.assert_array_equal((PIXELS - mean) * scale, PIXELS)


def test_inputs_that_hardly_vary_are_not_blown_up():
    pixels = PIXELS * [1, 1, 1, 1, 0]
    scale = normalisation("inputs", pixels).scale
    np.testing.assert_allclose(scale[4], 100 / pixels.std(axis=0).max())


@pytest.mark.parametrize("tilt", [0, 1])
def test_normalised_before_it_is_mapped(tilt):
    moments = normalisation("inputs", PIXELS)
    values = (PIXELS - moments.mean) * moments.scale
    distribution = InputMapDistribution(1, tilt, 1, 1, 1)
    plain = draw_input_map(generator(0), distribution, spectrum(values), ceiling=0)
    both = normalised_first(plain, moments)
    assert both.offset.dtype == np.float32
    np.testing.assert_allclose(mapped(both, PIXELS), mapped(plain, values), atol=2e-5)


@pytest.mark.parametrize("tilt", [0, 1])
def test_tasks_normalise_by_their_own_data_set(tilt):
    rows = [
        (scale * RNG.normal(size=(40, 1, 4, 1)) + shift).astype("float32")
        for scale, shift in ((1, 0), (5, 3))
    ]
    labels = np.repeat(np.arange(2), 20).astype("int32")
    tasks = TaskDistribution(
        [Dataset(f"table {i}", x, labels, ("a", "b")) for i, x in enumerate(rows)],
        ways=2,
        input_maps=InputMapDistribution(0.5, tilt, 0.5, 0.5, 0.5),
        normalisation="inputs",
    )
    assert tasks.pixels.dtype == np.float32
    for seed in range(8):
        task = tasks.draw_task(generator(seed))
        x = mapped(task.input_map, rows[task.dataset].reshape(40, 4))
        np.testing.assert_allclose(x.mean(axis=0), 0, atol=1e-5)
        np.testing.assert_allclose(np.var(x, axis=0).sum(), 4, rtol=1e-5)


def test_unknown_mode():
    with pytest.raises(ValueError, match="one of none, inputs, data_set.*'pixels'"):
        check_normalisation("pixels")
