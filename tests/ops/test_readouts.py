"""Products with low-rank matrices: the same for few and for many units."""

import numpy as np
import pytest

from learned_update.ops import readouts, weight_change
from learned_update.ops.readouts import LowRank

UNITS, COLUMNS, ANY = 23, 3, 6


@pytest.fixture
def factors():
    rng = np.random.default_rng(0)
    return rng.normal(size=(2, UNITS, COLUMNS))


@pytest.fixture
def x():
    return np.random.default_rng(1).normal(size=(ANY, UNITS))


@pytest.fixture(params=(4, 100), ids=("wide", "narrow"))
def path(request, monkeypatch):
    monkeypatch.setattr(readouts, "WIDE", request.param)
    assert readouts.is_wide(np.zeros((UNITS, COLUMNS))) == (request.param == 4)


def symmetric(rows, columns):
    square = rows @ columns.T / COLUMNS
    square = square + square.T
    np.fill_diagonal(square, 0)
    return square / np.sqrt(2 * UNITS)


@pytest.mark.usefixtures("path")
def test_products_are_those_with_the_matrix(factors, x):
    rows, columns = factors
    readout = LowRank(*factors)
    for found, expected in (
        (readouts.times(x, readout), x @ (rows @ columns.T) / COLUMNS),
        (readouts.times_symmetric(x, readout), x @ symmetric(rows, columns)),
        (readouts.symmetric_times(readout, x.T), symmetric(rows, columns) @ x.T),
    ):
        np.testing.assert_allclose(np.asarray(found), expected, atol=1e-12)


@pytest.mark.usefixtures("path")
def test_decorrelation_is_that_with_the_matrix(x):
    upper = np.random.default_rng(2).normal(size=(COLUMNS, UNITS))
    inputs = weight_change.TermInputs(w=x, lower=None, upper=upper, z=None)
    correlation = upper.T @ upper / COLUMNS
    np.fill_diagonal(correlation, 0)
    np.testing.assert_allclose(
        np.asarray(weight_change.off_diagonal_decorrelation(inputs)),
        x @ correlation / np.sqrt(UNITS),
        atol=1e-12,
    )


def test_what_is_not_known_is_not_wide():
    class Unknown:
        shape = (None, 3)

    assert not readouts.is_wide(Unknown)
