"""Files standardise their inputs without losing what an offset leaves of them."""

import numpy as np
import pytest

import learned_update as lu
from tests.export.encoders.files import (
    ON_TENSORFLOW,
    every_file,
    export_or_skip,
    run_keras,
)
from tests.round_off import UNIT, embedding_and_bound
from tests.rules_and_bases import batch

SCALES = 10.0 ** np.array([-30, -20, -3, 0, 0, 0, 3, 20, 30])
COLUMNS = {
    "alternating": (16e6 + np.arange(40) % 2, 16e6 + 0.5, 0.5),
    "seconds": (1.7e9 + 128.0 * np.arange(-20, 20), 1.7e9 - 64, 1500.0),
    "small offset": (1e6 + np.linspace(-2, 2, 40), 1e6 + 0.01, 1.2),
}


def trained(dtype="float32"):
    """A base model, a phi, and statistics of other rows than are embedded."""
    base = lu.BaseMLP((7, 6, 5), kernel_stddev=1.0, fan_in_scaling=True, dtype=dtype)
    phi = base.init_phi(9, seed=1)
    return base, phi, base.statistics(phi, batch(rows=50, seed=9, dtype=dtype))


def assert_within_round_off(actual, arguments, raw, mean, scale, dtype):
    """The file's features are the exact ones of the same rows, up to round-off."""
    raw, mean, scale = (
        np.asarray(value, np.longdouble) for value in (raw, mean, scale)
    )
    x = (raw - mean) / scale
    rest = np.abs(mean - mean.astype(dtype)) / scale
    # of the subtraction, of the division, and of the rest that went to the bias
    error = 4 * UNIT[dtype] * (np.abs(x) + rest)
    exact, bound = embedding_and_bound(*arguments, x, error, dtype)
    assert exact.any()
    assert bound.max() < 2**14 * UNIT[dtype] * np.ptp(exact)
    assert (np.abs(actual - exact) <= bound).all()


@every_file
@pytest.mark.parametrize("column", COLUMNS)
def test_a_large_offset(tmp_path, name, run, column):
    arguments, path = trained(), tmp_path / name
    raw = batch(40)
    mean, scale = np.zeros(9), np.ones(9)
    raw[:, 4], mean[4], scale[4] = COLUMNS[column]
    raw = raw.astype("float32")
    export_or_skip(path, *arguments, input_mean=mean, input_scale=scale)
    assert_within_round_off(run(path, raw), arguments, raw, mean, scale, "float32")


@every_file
def test_scales_of_all_sizes(tmp_path, name, run):
    arguments, path = trained(), tmp_path / name
    mean = np.linspace(-3.0, 3.0, 9) * SCALES
    raw = (batch(40) * SCALES + mean).astype("float32")
    export_or_skip(path, *arguments, input_mean=mean, input_scale=SCALES)
    assert_within_round_off(run(path, raw), arguments, raw, mean, SCALES, "float32")


@pytest.mark.skipif(not ON_TENSORFLOW, reason="JAX_ENABLE_X64 may be off")
def test_float64(tmp_path):
    arguments, path = trained("float64"), tmp_path / "encoder.keras"
    mean = np.linspace(-3.0, 3.0, 9) * SCALES + np.eye(9)[4] * 1.7e9
    raw = batch(40) * SCALES + mean
    export_or_skip(path, *arguments, input_mean=mean, input_scale=SCALES)
    actual = run_keras(path, raw)
    assert_within_round_off(actual, arguments, raw, mean, SCALES, "float64")


@every_file
def test_one_mean_and_scale_for_all_inputs(tmp_path, name, run):
    arguments, path = trained(), tmp_path / name
    raw = (100 + 20 * batch(40)).astype("float32")
    export_or_skip(path, *arguments, input_mean=100, input_scale=20)
    mean, scale = np.full(9, 100.0), np.full(9, 20.0)
    assert_within_round_off(run(path, raw), arguments, raw, mean, scale, "float32")
