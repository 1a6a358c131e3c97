"""Numbers keep what tells them apart when they become float32."""

import numpy as np
import pytest

from learned_update.data import flatten, from_arrays
from learned_update.data.sources.own.precision import as_float32

COUNT = np.arange(10)
NEAR = np.random.default_rng(0).normal(size=10)
FAR = {
    "minutes as digits": 202401010000 + COUNT,
    "seconds": 1.7e9 + NEAR,
    "nanoseconds": 1_700_000_000_000_000_000 + COUNT,
    "negative": -1_700_000_000_000_000_000 - COUNT,
    "unsigned": np.uint64(2**64 - 11) + COUNT.astype("uint64"),
    "exact in float32": 16e6 + COUNT % 2,
    "many": np.full(10, 1e6),
}


def centred(values):
    """Differences from the mean by Python's integers, or float64."""
    if values.dtype.kind in "iu":
        exact = [int(value) * len(values) - sum(map(int, values)) for value in values]
        return np.array(exact) / len(values)
    return values - values.mean()


@pytest.mark.parametrize("values", list(FAR.values())[:-1], ids=list(FAR)[:-1])
def test_values_far_from_0_are_centred(values):
    with pytest.warns(UserWarning, match=r"'arrays': column 0, .* The mean \("):
        images = from_arrays(values[:, None]).images
    assert images.dtype == np.float32
    rounding = 1e-6 if values.dtype.kind == "f" else 0  # of 1.7e9 in float64
    np.testing.assert_allclose(
        images.ravel(), centred(values), rtol=2**-23, atol=rounding
    )


def test_only_the_columns_that_need_it_are_centred():
    rows = [[202401010000 + i, i, 5] for i in range(10)]
    message = (
        r"Data set 'mine': column 0 \('time'\), counted from 0, had values that differ "
        r"by little.*The mean \(202401010004.5\) was subtracted: do the same to all"
    )
    with pytest.warns(UserWarning, match=message):
        dataset = from_arrays(rows, name="mine", columns=["time", "i", "five"])
    expected = np.stack([COUNT - 4.5, COUNT, np.full(10, 5)], axis=1)
    np.testing.assert_array_equal(flatten(dataset), expected)


def test_many_columns_are_listed_in_short():
    values = 1e9 + np.tile(COUNT[:, None], (1, 7))
    message = r"columns 0, 1, 2, 3, 4 and 2 more, .*\(1000000004.5, .*, \.\.\) was"
    with pytest.warns(UserWarning, match=message):
        images = from_arrays(values).images
    np.testing.assert_array_equal(images[:, 0, 6, 0], COUNT - 4.5)


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "int32"])
def test_rows_of_every_type_agree(dtype):
    values = np.stack([16e6 + COUNT % 2, COUNT], axis=1).astype(dtype)
    with pytest.warns(UserWarning, match="column 0, counted from 0"):
        images = from_arrays(values).images
    expected = np.stack([COUNT % 2 - 0.5, COUNT], axis=1)
    np.testing.assert_array_equal(images[:, 0, :, 0], expected)


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64"])
@pytest.mark.parametrize(
    "values",
    [2024 + COUNT, 1e6 * COUNT, np.full(10, 1e9), 1e-30 * COUNT, 300 + 0.25 * COUNT],
    ids=["years", "large", "constant", "small", "temperatures"],
)
def test_other_columns_stay_as_they_are(values, dtype):
    values = values.astype(dtype)[:, None]
    np.testing.assert_array_equal(as_float32(values, "x"), values.astype("float32"))


def test_images_are_centred_by_one_mean():
    values = 1e9 + np.arange(2 * 3 * 3).reshape(2, 3, 3)
    with pytest.warns(UserWarning, match="'arrays': the images, .*1000000008.5"):
        images = from_arrays(values).images
    np.testing.assert_array_equal(images.ravel(), np.arange(18) - 8.5)


def test_numbers_that_vary_too_finely_are_refused():
    message = (
        r"'arrays' varies by less than float32 holds. Expected: standard deviations of "
        r"0, or of at least 1e-35. Received: 2.87e-40, column 1. Give it in smaller"
    )
    with pytest.raises(ValueError, match=message):
        from_arrays(np.stack([COUNT, 1e-40 * COUNT], axis=1))
