"""Columns of rows: moments that offsets, sizes and the number of calls do not spoil."""

import numpy as np
import pytest
from scipy import sparse

from learned_update.estimator import columns


def test_timestamps_keep_their_values():
    count = np.arange(10.0)
    x = 202401010000 + count[:, None]
    found = columns.columns_of(x)
    assert found.mean == [202401010004.5]
    assert found.deviation == pytest.approx(np.sqrt(8.25), rel=1e-15)
    standardised = columns.standardised(x, found)[:, 0]
    np.testing.assert_allclose(standardised, (count - 4.5) / np.sqrt(8.25), rtol=1e-15)


@pytest.mark.parametrize("exponent", [-1000, -660, -100, 100, 660, 1000])
def test_size_is_no_matter(exponent):
    x = np.random.default_rng(0).normal(size=(50, 3)) + np.array([0, 1, 1e6])
    small, large = columns.columns_of(x), columns.columns_of(np.ldexp(x, exponent))
    for field in ("mean", "deviation"):
        expected = np.ldexp(getattr(small, field), exponent)
        np.testing.assert_array_equal(getattr(large, field), expected)
    np.testing.assert_array_equal(
        columns.standardised(x, small),
        columns.standardised(np.ldexp(x, exponent), large),
    )
    np.testing.assert_allclose(small.mean, x.mean(axis=0), rtol=1e-15, atol=1e-16)
    np.testing.assert_allclose(small.deviation, x.std(axis=0), rtol=1e-10)


def test_the_whole_range_of_float64():
    largest = np.finfo(np.float64).max
    x = np.array([[largest], [-largest]])
    found = columns.columns_of(x)
    assert (found.mean, found.deviation) == ([0], [largest])
    np.testing.assert_array_equal(columns.standardised(x, found), [[1], [-1]])


@pytest.mark.parametrize("offset", [0.0, 1.7e9, 202401010000.0, -1e15])
@pytest.mark.parametrize("rows", [1, 7, 64])
def test_calls_are_one_set_of_rows(offset, rows):
    deviations = np.random.default_rng(1).integers(-8, 9, size=(640, 2)).astype(float)
    x = deviations + offset  # exact
    found = None
    for start in range(0, 640, rows):
        found = columns.merged(found, columns.columns_of(x[start : start + rows]))
    calls = 640 / rows
    round_off = 2.0**-53 * abs(offset)  # of a mean; each call adds one
    error = calls * (round_off + 2.0**-50)
    assert found.rows == 640
    exact = deviations.mean(axis=0)
    assert np.abs((found.mean - offset) - exact).max() <= error
    assert np.abs(found.deviation - deviations.std(axis=0)).max() <= error


def test_many_rows_at_once_are_blocks(monkeypatch):
    x = np.random.default_rng(2).normal(size=(100, 3)) + 1e9
    at_once = columns.columns_of(x)
    monkeypatch.setattr(columns, "BLOCK_ROWS", 7)
    for rows in (x, sparse.csr_array(x)):
        found = columns.columns_of(rows)
        np.testing.assert_allclose(found.mean, at_once.mean, rtol=1e-15)
        np.testing.assert_allclose(found.deviation, at_once.deviation, rtol=1e-6)
        np.testing.assert_array_equal(found.loss, at_once.loss)


@pytest.mark.parametrize(
    ("constant", "scale"), [(0.0, 1), (0.1, 1), (-7.3, 7.3), (1e30, 1e30), (1e-300, 1)]
)
def test_constant_columns(constant, scale):
    found = None
    for rows in (3, 5, 4):
        x = np.full((rows, 1), constant)
        found = columns.merged(found, columns.columns_of(x))
    assert (found.mean, found.deviation) == ([constant], [0])
    assert columns.scale(found) == [scale]
    np.testing.assert_array_equal(columns.standardised(x, found), np.zeros((4, 1)))


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        ([1, 1 + 2**-52], False),  # noise of a column that is constant
        ([0.1 + 0.2, 0.3], False),
        ([16e6, 16e6 + 1], True),
        ([1.7e9, 1.7e9 + 1e-5], True),
        ([0, 1e-300], True),
    ],
)
def test_what_varies(x, expected):
    assert columns.varies(columns.columns_of(np.array(x)[:, None])) == [expected]


@pytest.mark.parametrize(
    ("x", "loss"),
    [
        (16777216, 0),
        (16777217, 1),
        (0.5, 0),
        (1e-50, 1e-50),
        (2**-149, 0),
        (1e39, np.inf),
        (2**-126, 0),
    ],
)
def test_what_float32_loses(x, loss):
    assert columns.columns_of(np.array([[x], [0.0]])).loss == [loss]


def test_columns_that_float32_does_not_hold():
    x = np.array([[0, 2**25, 0], [1, 2**25 + 1, 1e-50]])
    found = columns.columns_of(x)
    which = np.array([True, True, True])
    message = (
        r"float32 cannot hold column 'b', nor 1 more\..*moves by less than 0\.125 of "
        r"their scale.*mean 3\.35544e\+07, scale 0\.5, moved by up to 1\. Do it\."
    )
    with pytest.raises(ValueError, match=message):
        columns.check_held(found, which, ["a", "b", "c"], "Do it.")
    with pytest.raises(ValueError, match=r"column 2\."):
        columns.check_held(found, np.array([True, False, True]), None, "Do it.")
    columns.check_held(found, np.array([True, False, False]), None, "Do it.")
