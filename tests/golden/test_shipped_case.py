"""A part of case f that lies beside the tests, so that they need no other folder."""

from pathlib import Path

import numpy as np
import pytest
from keras import ops

import learned_update as lu
from tests.arithmetic import HAS_FLOAT64
from tests.golden.bounds import bound
from tests.golden.cases import Case, relative_error
from tests.golden.conftest import load_case
from tests.golden.on_reference import UNROLL
from tests.golden.package import Setting, phi_errors

CASE = Case("f", Path(__file__).with_name("shipped"))
FLOAT64 = pytest.mark.skipif(
    not HAS_FLOAT64, reason="JAX has no float64 by default (JAX_ENABLE_X64)"
)


@pytest.fixture(
    scope="module", params=["float32", pytest.param("float64", marks=FLOAT64)]
)
def setting(request):
    return Setting(CASE, request.param, compiled=False)


@pytest.mark.parametrize(
    ("steps", "state"), [(1, "base_after1"), (3, "base_unroll3"), (5, "base_after5")]
)
def test_inner_steps(setting, steps, state):
    errors = phi_errors(setting.phi_after(steps), CASE.phi(state))
    assert max(errors) < bound("phi", setting)


def test_changes_of_the_first_step(setting):
    change = lu.phi_change(setting.rule, setting.base, setting.phi, setting.batch(0))
    for index, layer in enumerate(change.layers):
        for kind, value, name in (
            ("change", layer.kernel, "change_w/forward"),
            ("bias_change", layer.bias, "change_b"),
        ):
            golden = CASE.of_layer(name, index)
            error = relative_error(ops.convert_to_numpy(value), golden)
            assert error < bound(kind, setting), (kind, index)


def test_objective_after_an_unroll(setting):
    loss, metrics = setting.objective(setting.phi_after(UNROLL))
    for kind, value, name in (
        ("objective", loss, "J"),
        ("losses", metrics["query_loss"], "mse_test"),
        ("losses", metrics["support_loss"], "mse_train"),
        ("ridge_weights", metrics["ridge_weights"], "ridge_w"),
    ):
        error = relative_error(ops.convert_to_numpy(value), CASE.arrays[f"meta/{name}"])
        assert error < bound(kind, setting), name


def test_it_is_a_part_of_the_whole_case(golden_folder):
    whole = load_case("f", golden_folder)
    for name, array in CASE.arrays.items():
        np.testing.assert_array_equal(array, whole.arrays[name], name)
    assert CASE.learning_rate == whole.learning_rate
    assert len(CASE.theta) > 60
