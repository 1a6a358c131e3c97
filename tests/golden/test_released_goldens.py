"""The released form against what the authors' graph computed."""

import functools

import keras
import numpy as np
import pytest
from keras import ops

import learned_update as lu
from tests.golden.bounds import NOISE, bound, errors_of_norm, rounding_of_gradients
from tests.golden.cases import relative_error
from tests.golden.conftest import load_case
from tests.golden.on_reference import UNROLL
from tests.golden.package import Setting, phi_errors

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow",
    reason="compares eager and compiled TensorFlow",
)


MODES = {
    "float32": ("float32", False),
    "float64": ("float64", False),
    "compiled": ("float32", True),
}


@functools.cache
def setting_of(case, mode):
    return Setting(case, *MODES[mode])


@pytest.fixture(params=MODES)
def setting(request, case):
    return setting_of(case, request.param)


def numpy(values):
    return ops.convert_to_numpy(values)


def too_large(errors, limit):
    """Those errors that exceed a limit, by name."""
    return {name: error for name, error in errors.items() if not error < limit}


def test_names(case):
    rule = setting_of(case, "float32").rule
    names = lu.released_variable_names(rule)
    theta = dict(zip(names, rule.trainable_variables, strict=True))
    moving = ("moving_mean", "moving_variance")
    assert set(theta) == {name for name in case.theta if not name.endswith(moving)}
    for name, variable in theta.items():
        np.testing.assert_array_equal(
            variable.numpy().ravel(), case.theta[name].ravel(), name
        )


def test_forward(setting):
    _, acts, _ = setting.change_and_trace
    arrays = setting.case.arrays
    for kind, values in (("x", acts.xs), ("z", acts.zs)):
        for index, value in enumerate(values):
            error = relative_error(numpy(value), arrays[f"step0/{kind}/{index}"])
            assert error < bound(f"{kind}s", setting), (kind, index)


def test_levels(setting):
    _, _, traced = setting.change_and_trace
    for kind, stored in (("d", "d_in"), ("h", "h"), ("delta", "delta")):
        errors = {
            level: relative_error(numpy(value), setting.case.of_level(stored, level))
            for level, value in enumerate(traced[kind])
        }
        assert len(errors) == setting.case.depth + 1
        assert too_large(errors, bound(kind, setting)) == {}, kind


def test_terms(setting):
    _, _, traced = setting.change_and_trace
    limit = bound("terms", setting)
    for layer in range(setting.case.depth):
        for kind, stored in (
            ("terms", "term"),
            ("normalized_terms", "term_normalized"),
        ):
            golden = setting.case.terms(stored, layer)
            terms = traced[kind][layer]
            assert set(terms) == set(golden)
            errors = {n: relative_error(numpy(terms[n]), golden[n]) for n in golden}
            assert too_large(errors, limit) == {}, (kind, layer)
        golden = setting.case.low_rank(layer)
        readouts = traced["readouts"][layer]
        errors = {n: relative_error(numpy(readouts[n]), golden[n]) for n in golden}
        assert too_large(errors, limit) == {}, layer


def test_change(setting):
    """`change_w + w / 7`: the learned part is small beside w / 7."""
    change, _, _ = setting.change_and_trace
    for index, layer in enumerate(change.layers):
        golden = setting.case.of_layer("change_w/forward", index)
        decay = setting.case.terms("term", index)["w_base"] / 7.0
        limit = bound("change", setting)
        assert relative_error(numpy(layer.kernel) + decay, golden + decay) < limit
        np.testing.assert_array_equal(numpy(layer.feedback), numpy(layer.kernel))
        golden = setting.case.of_layer("change_b", index)
        limit = bound("bias_change", setting)
        assert relative_error(numpy(layer.bias), golden) < limit


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        (1, "base_after1"),
        (3, "base_after3"),
        (3, "base_unroll3"),
        (5, "base_after5"),
    ],
)
def test_inner_steps(setting, steps, state):
    errors = phi_errors(setting.phi_after(steps), setting.case.phi(state))
    assert max(errors) < bound("phi", setting)


def test_objective_after_unroll(setting):
    loss, metrics = setting.objective(setting.phi_after(UNROLL))
    golden = setting.case.arrays
    limit = bound("objective", setting)
    assert relative_error(numpy(loss), golden["meta/J"]) < limit
    for name, stored, kind in (
        ("query_loss", "mse_test", "losses"),
        ("support_loss", "mse_train", "losses"),
        ("penalty", "ridge_component", "penalty"),
        ("ridge_weights", "ridge_w", "ridge_weights"),
    ):
        error = relative_error(numpy(metrics[name]), golden[f"meta/{stored}"])
        assert error < bound(kind, setting), name
    for name, stored in (("query", "test"), ("support", "train")):
        accuracy = golden[f"meta/accuracy_{stored}"]
        assert np.isclose(numpy(metrics[f"{name}_accuracy"]), accuracy)


@functools.cache
def gradient_bounds(case, mode):
    """Bounds of dJ/dtheta and dJ/dphi."""
    if mode == "float64":
        return [NOISE["meta_gradient"]] * 2
    own = rounding_of_gradients(setting_of(case, "float64"))
    return [NOISE["meta_gradient"] + each for each in own]


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("b", "float32"),
        ("b", "float64"),
        ("f", "float32"),
        ("f", "float64"),
        ("f", "compiled"),
    ],
)
def test_meta_gradient(golden_folder, name, mode):
    case = load_case(name, golden_folder)
    by_theta, by_phi = setting_of(case, mode).gradients
    limits = gradient_bounds(case, mode)
    assert set(by_theta) == set(case.theta_gradient)
    assert too_large(errors_of_norm(by_theta, case.theta_gradient), limits[0]) == {}
    expected = {
        (field, index): np.broadcast_to(array, np.shape(by_phi[field, index]))
        for index, layer in enumerate(case.phi("metagrad_base", absent=np.zeros(())))
        for field, array in zip(layer._fields, layer, strict=True)
    }
    assert too_large(errors_of_norm(by_phi, expected), limits[1]) == {}


def test_checkpoint(golden_folder):
    case = load_case("b", golden_folder)
    path = golden_folder / "ckpt_b" / "tf_graph_data.ckpt"
    rule = lu.load_released_rule(path, inner_learning_rate=case.learning_rate)
    setting = setting_of(case, "float32")
    assert lu.released_variable_names(rule) == lu.released_variable_names(setting.rule)
    for variable, expected in zip(
        rule.trainable_variables, setting.rule.trainable_variables, strict=True
    ):
        np.testing.assert_array_equal(variable.numpy(), expected.numpy())
    x = setting.batch(0)
    phi = lu.inner_step(rule, setting.base, setting.phi, x)
    errors = phi_errors(phi, case.phi("base_after1"))
    assert max(errors) < bound("phi", setting)


def test_moving_statistics_are_inert(case):
    """The authors' graph saves them and never reads them."""
    changed = {
        name: array + 1.0 if "/moving_" in name else array
        for name, array in case.theta.items()
    }
    setting = setting_of(case, "float32")
    rule = lu.load_released_rule(changed, inner_learning_rate=case.learning_rate)
    reached = lu.phi_change(rule, setting.base, setting.phi, setting.batch(0))
    expected, _, _ = setting.change_and_trace
    np.testing.assert_array_equal(
        numpy(reached.layers[0].kernel), numpy(expected.layers[0].kernel)
    )


def test_xla(golden_folder):
    import tensorflow as tf

    setting = setting_of(load_case("f", golden_folder), "float32")
    compiled = tf.function(setting.step, jit_compile=True)
    phi = compiled(setting.phi, setting.batch(0))
    errors = phi_errors(phi, setting.case.phi("base_after1"))
    assert max(errors) < bound("phi", setting)
