"""The released form against what the authors' graph computed."""

import functools

import keras
import numpy as np
import pytest
from keras import ops

import learned_update as lu
from tests.golden.bounds import bound
from tests.golden.cases import relative_error
from tests.golden.package import Setting, phi_errors
from tests.reference.released import READOUT_NAMES

UNROLL = 3

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow",
    reason="compares eager and compiled TensorFlow",
)


@functools.cache
def setting_of(case, dtype):
    return Setting(case, dtype)


@pytest.fixture(params=["float32", "float64"])
def setting(request, case):
    return setting_of(case, request.param)


@pytest.fixture(params=[False, True], ids=["eager", "compiled"])
def compiled(request):
    return request.param


def numpy(values):
    return ops.convert_to_numpy(values)


def flat_names(errors, limit):
    """Those errors that exceed a limit, by name."""
    return {name: error for name, error in errors.items() if not error < limit}


def test_names(setting):
    names = lu.released_variable_names(setting.rule)
    theta = dict(zip(names, setting.rule.trainable_variables, strict=True))
    moving = ("moving_mean", "moving_variance")
    golden = setting.case.theta
    assert set(theta) == {name for name in golden if not name.endswith(moving)}
    for name, variable in theta.items():
        np.testing.assert_array_equal(
            numpy(variable).ravel().astype(np.float32), golden[name].ravel(), name
        )


def test_forward(setting):
    acts = setting.base.forward(setting.phi, setting.batch(0))
    arrays = setting.case.arrays
    for kind, values in (("x", acts.xs), ("z", acts.zs)):
        for index, value in enumerate(values):
            error = relative_error(numpy(value), arrays[f"step0/{kind}/{index}"])
            assert error < bound(f"{kind}s", setting.dtype), (kind, index)


def trace_of(setting, compiled):
    def trace(phi, x):
        return setting.rule.trace(phi, setting.base.forward(phi, x))

    if compiled:
        import tensorflow as tf

        trace = tf.function(trace)
    return trace(setting.phi, setting.batch(0))


def test_levels(setting, compiled):
    traced = trace_of(setting, compiled)
    for kind, stored in (("d", "d_in"), ("h", "h"), ("delta", "delta")):
        errors = {
            level: relative_error(numpy(value), setting.case.of_level(stored, level))
            for level, value in enumerate(traced[kind])
        }
        assert len(errors) == setting.case.depth + 1
        assert flat_names(errors, bound(kind, setting.dtype)) == {}, kind


def test_terms(setting, compiled):
    traced = trace_of(setting, compiled)
    limit = bound("terms", setting.dtype)
    for layer in range(setting.case.depth):
        for kind, stored in (
            ("terms", "term"),
            ("normalized_terms", "term_normalized"),
        ):
            golden = setting.case.terms(stored, layer)
            terms = traced[kind][layer]
            assert set(terms) == set(golden)
            errors = {n: relative_error(numpy(terms[n]), golden[n]) for n in golden}
            assert flat_names(errors, limit) == {}, (kind, layer)
        golden = setting.case.low_rank(layer)
        readouts = {
            READOUT_NAMES.get(name, name): numpy(value)
            for name, value in traced["readouts"][layer].items()
        }
        errors = {name: relative_error(readouts[name], golden[name]) for name in golden}
        assert flat_names(errors, limit) == {}, layer


def test_change(setting, compiled):
    """`change_w + w / 7` too: the learned part is small beside w / 7."""
    change, _ = setting.functions(compiled)
    changes = change(setting.phi, setting.batch(0))
    for index, layer in enumerate(changes.layers):
        golden = setting.case.of_layer("change_w/forward", index)
        decay = setting.case.terms("term", index)["w_base"] / 7.0
        limit = bound("change", setting.dtype)
        assert relative_error(numpy(layer.kernel) + decay, golden + decay) < limit
        np.testing.assert_array_equal(numpy(layer.feedback), numpy(layer.kernel))
        golden = setting.case.of_layer("change_b", index)
        limit = bound("bias_change", setting.dtype)
        assert relative_error(numpy(layer.bias), golden) < limit


@pytest.mark.parametrize("steps", [1, 3, 5])
def test_inner_steps(setting, compiled, steps):
    phi = setting.unroll(setting.phi, steps, compiled)
    golden = setting.case.phi(f"base_after{steps}")
    assert max(phi_errors(phi, golden)) < bound("phi", setting.dtype)
    if steps == UNROLL:
        golden = setting.case.phi("base_unroll3")
        assert max(phi_errors(phi, golden)) < bound("phi", setting.dtype)


def test_objective_after_unroll(setting):
    phi = setting.unroll(setting.phi, UNROLL, compiled=True)
    loss, metrics = setting.objective(phi)
    golden = setting.case.arrays
    limit = bound("objective", setting.dtype)
    assert relative_error(numpy(loss), golden["meta/J"]) < limit
    limit = bound("ridge_weights", setting.dtype)
    weights = numpy(metrics["ridge_weights"])
    assert relative_error(weights, golden["meta/ridge_w"]) < limit
    for name, stored, kind in (
        ("query_loss", "mse_test", "losses"),
        ("support_loss", "mse_train", "losses"),
        ("penalty", "ridge_component", "penalty"),
    ):
        error = relative_error(numpy(metrics[name]), golden[f"meta/{stored}"])
        assert error < bound(kind, setting.dtype), name
    for name, stored in (("query", "test"), ("support", "train")):
        accuracy = golden[f"meta/accuracy_{stored}"]
        assert np.isclose(numpy(metrics[f"{name}_accuracy"]), accuracy)


def gradients_of(setting, compiled):
    """dJ/dtheta by the authors' names and dJ/dphi, after an unroll."""
    import tensorflow as tf

    theta = [variable.value for variable in setting.rule.trainable_variables]
    with tf.GradientTape() as tape:
        tape.watch(setting.phi)
        phi = setting.unroll(setting.phi, UNROLL, compiled)
        loss, _ = setting.objective(phi)
    by_theta, by_phi = tape.gradient(loss, (theta, setting.phi))
    names = lu.released_variable_names(setting.rule)
    return dict(zip(names, by_theta, strict=True)), by_phi


def norm(array):
    return np.linalg.norm(np.asarray(array, np.float64))


def test_meta_gradient(setting, compiled):
    by_theta, by_phi = gradients_of(setting, compiled)
    golden = setting.case.theta_gradient
    assert set(by_theta) == set(golden)
    limit = bound("meta_gradient", setting.dtype)
    largest = max(norm(gradient) for gradient in golden.values())
    errors = {
        name: norm(numpy(value).ravel() - golden[name].ravel()) / largest
        for name, value in by_theta.items()
    }
    assert flat_names(errors, limit) == {}

    golden = setting.case.phi("metagrad_base", absent=np.zeros(()))
    largest = max(norm(array) for layer in golden for array in layer)
    errors = {}
    for index, layer in enumerate(golden):
        for name, expected in zip(layer._fields, layer, strict=True):
            reached = numpy(getattr(by_phi.layers[index], name))
            errors[name, index] = norm(reached - expected) / largest
    assert flat_names(errors, limit) == {}


def test_checkpoint(golden_folder, case):
    if case.name != "b":
        pytest.skip("There is a checkpoint of case b only.")
    path = golden_folder / "ckpt_b" / "tf_graph_data.ckpt"
    rule = lu.load_released_rule(path, inner_learning_rate=case.learning_rate)
    names = lu.released_variable_names(rule)
    for name, variable in zip(names, rule.trainable_variables, strict=True):
        np.testing.assert_array_equal(
            numpy(variable).ravel(), case.theta[name].ravel(), name
        )
    setting = setting_of(case, "float32")
    change = lu.phi_change(rule, setting.base, setting.phi, setting.batch(0))
    expected = setting.change(setting.phi, setting.batch(0))
    for layer, other in zip(change.layers, expected.layers, strict=True):
        np.testing.assert_array_equal(numpy(layer.kernel), numpy(other.kernel))
        np.testing.assert_array_equal(numpy(layer.bias), numpy(other.bias))


def test_moving_statistics_are_inert(case):
    """The authors' graph saves them and never reads them."""
    setting = setting_of(case, "float64")
    changed = {
        name: array + 1.0 if "/moving_" in name else array
        for name, array in case.theta.items()
    }
    rule = lu.load_released_rule(
        changed, inner_learning_rate=case.learning_rate, dtype="float64"
    )
    reached = lu.phi_change(rule, setting.base, setting.phi, setting.batch(0))
    expected = setting.change(setting.phi, setting.batch(0))
    np.testing.assert_array_equal(
        numpy(reached.layers[0].kernel), numpy(expected.layers[0].kernel)
    )


def test_xla(case):
    import tensorflow as tf

    setting = setting_of(case, "float32")
    compiled = tf.function(setting.step, jit_compile=True)
    phi = compiled(setting.phi, setting.batch(0))
    golden = case.phi("base_after1")
    assert max(phi_errors(phi, golden)) < bound("phi", "float32")
