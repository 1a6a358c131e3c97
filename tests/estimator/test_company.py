"""A row has the same features alone or among others, up to round-off."""

import keras
import numpy as np
import pytest

import learned_update as lu
from learned_update.estimator import fitted
from tests.round_off import UNIT, embedding_and_bound

PRECISIONS = (
    ["float32", "float64"] if keras.backend.backend() == "tensorflow" else ["float32"]
)


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize("inputs", [10, 64, 784])
def test_every_row_is_within_round_off_in_any_company(inputs, dtype):
    base = lu.BaseMLP((64, 9), "linear", kernel_stddev=1.0, dtype=dtype)
    phi = fitted.arrays(base.init_phi(inputs, seed=1))
    x = np.random.default_rng(2).normal(size=(300, inputs)).astype(dtype)
    state = fitted.Fitted(
        rule=None,
        base=base.get_config(),
        seed=0,
        standardise=False,
        phi=phi,
        statistics=fitted.arrays(base.statistics(phi, x[:100])),
    )
    exact, bound = embedding_and_bound(
        base, phi, state.statistics, x.astype(np.longdouble), np.zeros_like(x), dtype
    )
    assert bound.max() < 2**18 * UNIT[dtype] * exact.std(axis=0).min()
    for rows in (1, 2, 7, 255, 256, 257, 300):
        for start in {0, 5, 300 - rows}:
            some = slice(start, start + rows)
            error = np.abs(fitted.embed(state, x[some]) - exact[some])
            assert (error <= bound[some]).all()


def test_the_encoder_does_not_mind_the_company(encoder, rows):
    encoder.fit(rows)
    many = np.concatenate([rows, 2 * rows, -rows])
    x = (many - encoder.mean_) / encoder.scale_
    exact, bound = embedding_and_bound(
        encoder.base_,
        encoder.phi_,
        encoder.statistics_,
        x,
        UNIT["float32"] * np.abs(x),
        "float32",
    )
    assert bound.max() < 1e-4 * np.ptp(exact)
    order = np.random.default_rng(0).permutation(900)
    for some in (slice(None), order, [0], [255], [256], [899]):
        error = np.abs(encoder.transform(many[some]) - exact[some])
        assert (error <= bound[some]).all()


def test_features_have_the_dtype_of_the_rows(encoder, rows):
    encoder.fit(rows)
    for dtype in ("float32", "float64"):
        features = encoder.transform(rows.astype(dtype))
        assert (features.dtype, features.shape) == (dtype, (300, 5))
