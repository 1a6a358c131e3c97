"""Products with low-rank matrices: the same for few and for many units."""

import collections

import keras
import numpy as np
import pytest

import learned_update as lu
from learned_update.meta import BaseTrainer, compiled_unroll
from learned_update.ops import readouts, unit_features, weight_change
from learned_update.ops.readouts import LowRank
from tests.arithmetic import assert_within, same_to_rounding

UNITS, COLUMNS, ANY = 23, 3, 6


@pytest.fixture
def factors():
    rng = np.random.default_rng(0)
    return rng.normal(size=(2, UNITS, COLUMNS))


@pytest.fixture
def x():
    return np.random.default_rng(1).normal(size=(ANY, UNITS))


@pytest.fixture(params=(4, 1024), ids=("wide", "narrow"))
def path(request, monkeypatch):
    monkeypatch.setattr(readouts, "WIDE", request.param)
    assert readouts.is_wide(UNITS) == (request.param == 4)


def symmetric(rows, columns):
    square = rows @ columns.T / COLUMNS
    square = square + square.T
    np.fill_diagonal(square, 0)
    return square / np.sqrt(2 * UNITS)


@pytest.mark.usefixtures("path")
def test_products_are_those_with_the_matrix(factors, x):
    rows, columns = factors
    readout = LowRank(rows.T, columns.T)
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


@pytest.mark.usefixtures("path")
def test_projection_is_that_with_the_matrix(x):
    u = (x - x.mean(axis=0)) / x.std(axis=0)
    expected = u @ (u.T @ u) / (ANY * np.sqrt(UNITS))
    found = np.asarray(unit_features.correlation_projection(x))
    np.testing.assert_allclose(found, expected, rtol=1e-4)  # its epsilon


def test_what_is_not_known_is_not_wide():
    assert not readouts.is_wide(None)


def trained(monkeypatch, wide):
    """Base model after compiled steps, bounds, and widths that were asked about."""
    asked = []
    is_wide = readouts.is_wide
    with monkeypatch.context() as patch:
        patch.setattr(compiled_unroll, "_kept", collections.OrderedDict())
        patch.setattr(readouts, "WIDE", wide)
        patch.setattr(readouts, "is_wide", lambda n: asked.append(n) or is_wide(n))
        rule = lu.UpdateRule(seed=0)
        base = rule.base_mlp((7, 5))
        pixels = np.random.default_rng(0).random((6, 4), "float32")
        start = [base.init_phi(4, seed) for seed in (0, 1)]
        trainer = BaseTrainer(rule, base)

        def steps(pixels):
            phis = trainer(start, [pixels] * 2, 3, 6, (0, 1), progress=False)
            return keras.tree.flatten(phis)

        return *same_to_rounding(steps, pixels), set(asked)


def test_compiled_steps_know_how_wide_wide_layers_are(monkeypatch):
    narrow, bounds, asked_narrow = trained(monkeypatch, wide=7)
    wide, _, asked_wide = trained(monkeypatch, wide=6)
    assert asked_narrow >= {7, 5}
    assert asked_wide >= {7, 5}
    assert_within(wide, narrow, bounds)
