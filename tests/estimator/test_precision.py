"""Columns far from zero, tiny, huge and constant, in float32 and float64."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone

from tests.round_off import UNIT, embedding_and_bound
from tests.rules_and_bases import leaves


@pytest.fixture(scope="module")
def normal():
    """200 rows with short binary fractions, which offsets leave exact."""
    rows = np.random.default_rng(5).integers(-256, 257, size=(200, 3)) / 64
    rows[:, 0] = np.arange(200) % 2
    return rows


def assert_same_encoder(first, second):
    """What has been learned of the same inputs is the same."""
    for tree in ("phi_", "statistics_"):
        pairs = zip(
            leaves(getattr(first, tree)), leaves(getattr(second, tree)), strict=True
        )
        for a, b in pairs:
            np.testing.assert_array_equal(a, b)


def test_float32_and_float64_rows_of_the_same_numbers_agree(encoder, normal):
    x = normal + np.array([16e6, 0, 0])
    wide, narrow = clone(encoder).fit(x), clone(encoder).fit(x.astype("float32"))
    assert_same_encoder(wide, narrow)
    features = wide.transform(x)
    assert np.ptp(features) > 0.1
    for other in (narrow.transform(x), wide.transform(x.astype("float32"))):
        np.testing.assert_array_equal(features, other)
    for rows in (sparse.csr_array(x), sparse.csr_array(x.astype("float32"))):
        assert_same_encoder(wide, clone(encoder).fit(rows))
        np.testing.assert_array_equal(wide.transform(rows), features)


def test_float32_and_float64_streams_agree(encoder, normal):
    x = normal + np.array([16e6, 0, 0])
    wide, narrow = clone(encoder), clone(encoder)
    for start in (0, 50, 150):
        wide.partial_fit(x[start : start + 50])
        narrow.partial_fit(x[start : start + 50].astype("float32"))
    assert_same_encoder(wide, narrow)


@pytest.mark.parametrize("make", [np.asarray, sparse.csr_array])
def test_powers_of_two_change_nothing(encoder, normal, make):
    plain = clone(encoder).fit(normal)
    x = np.ldexp(normal, [-660, 660, -100])
    scaled = clone(encoder).fit(make(x))
    assert_same_encoder(plain, scaled)
    np.testing.assert_array_equal(scaled.transform(make(x)), plain.transform(normal))
    assert np.ptp(plain.transform(normal)) > 0.1


def test_timestamps_keep_their_values(encoder):
    count = np.arange(10.0)
    x = np.column_stack([202401010000 + count, count])
    encoder.set_params(units=(16,), steps=0).fit(x)
    assert len(np.unique(encoder.transform(x), axis=0)) == 10
    inputs = np.column_stack(2 * [(count - 4.5) / np.sqrt(8.25)])
    # of the mean of the first column, and of the inputs in float32
    error = 2 * np.spacing(x) / np.sqrt(8.25) + 4 * UNIT["float32"] * np.abs(inputs)
    exact, bound = embedding_and_bound(
        encoder.base_, encoder.phi_, encoder.statistics_, inputs, error, "float32"
    )
    assert bound.max() < 1e-3 * np.ptp(exact)
    assert (np.abs(encoder.transform(x) - exact) <= bound).all()


@pytest.mark.parametrize("constant", [0.1, -3.0, 1e30, 1e300, 1e-40])
def test_a_constant_column_is_only_shifted(encoder, normal, constant):
    plain = clone(encoder).fit(np.column_stack([normal, np.zeros(200)]))
    x = np.column_stack([normal, np.full(200, constant)])
    encoder.fit(x)
    assert_same_encoder(plain, encoder)
    assert encoder.scale_[-1] == max(1, abs(constant))
    x[:, -1] *= 1 + 1e-7  # as much as a cast to float32
    difference = encoder.transform(x) - plain.transform(x * [1, 1, 1, 0])
    assert np.abs(difference).max() < 1e-4


def test_float32_rows_that_cannot_hold_a_column(encoder, normal):
    x = normal + np.array([0, 1.7e9, 0])
    encoder.fit(x)
    message = r"float32 cannot hold column 1\..*mean 1\.7e\+09.*Pass float64 rows"
    for method in (encoder.transform, encoder.partial_fit):
        with pytest.raises(ValueError, match=message):
            method(x.astype("float32"))
    encoder.partial_fit(x)
    encoder.fit(x.astype("float32"))  # other numbers, but no wrong ones
    assert np.isfinite(encoder.transform(x.astype("float32"))).all()


def test_columns_that_need_standardisation(encoder, normal):
    x = normal + np.array([0, 202401010000, 0])
    encoder.set_params(standardise=False)
    for method in (encoder.fit, encoder.partial_fit):
        with pytest.raises(ValueError, match=r"column 1\..*Standardise the rows"):
            method(x)
    x[:, 1] = 202401010000  # a constant is nothing to tell apart
    assert np.isfinite(encoder.fit(x).transform(x)).all()


@pytest.mark.parametrize("standardise", [True, False])
def test_values_too_large_for_float32(encoder, normal, standardise):
    encoder.set_params(standardise=standardise).fit(normal)
    x = normal.copy()
    x[7, 2] = 1e300
    message = r"Values of column 2 are too large.*up to 3\.4e\+38.*in 1 of 3 columns"
    with pytest.raises(ValueError, match=message):
        encoder.transform(x)


def test_rows_that_vary_too_little(encoder, normal):
    message = r"much the same features.*above 0\.0001.*Standardise the rows"
    encoder.set_params(standardise=False)
    with pytest.warns(UserWarning, match=message) as caught:
        encoder.fit(1e-30 * normal)
    assert caught[0].filename == __file__
    assert np.ptp(encoder.transform(1e-30 * normal), axis=0).max() < 1e-6
    encoder.set_params(standardise=True).fit(1e-30 * normal)
    assert np.ptp(encoder.transform(1e-30 * normal)) > 0.1


def test_float32_rows_of_subnormal_numbers(encoder, normal):
    x = np.ldexp(normal, -140).astype("float32")
    plain = clone(encoder).fit(normal)
    np.testing.assert_array_equal(
        encoder.fit(x).transform(x), plain.transform(normal.astype("float32"))
    )
