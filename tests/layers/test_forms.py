"""Options of the neuron-local form: neutral at the start, saved, equivariant, exact."""

import os
import pathlib
import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import ops

import learned_update as lu
from learned_update import backend
from learned_update.layers.parts import NEUTRAL
from learned_update.layers.stepping.clock import STEP, Clock
from learned_update.layers.stepping.momentum import Momentum
from learned_update.layers.stepping.rate_map import RateMap
from learned_update.layers.unit_states.contrast import Contrast
from tests.layers.forms import (
    EVERYTHING,
    TERMS,
    leaking_rate,
    rule_with,
    stepped,
)
from tests.rules_and_bases import (
    INPUTS,
    UNITS,
    assert_trees_close,
    base_and_phi,
    batch,
    leaves,
    neuron_local,
    perturbed,
)

ROOT = pathlib.Path(__file__).parents[2]
OPTIONS = {
    "clock": {"clock": Clock},
    "momentum": {"momentum": Momentum, "identical_updates": False},
    "rates": {"rate": leaking_rate},
    "contrast": {"contrast": Contrast},
    "moments": {"moments": (3, 4)},
    "terms": {"more_terms": TERMS},
    "all": EVERYTHING,
}


def plain_weights(rule):
    """Weights that the rule without options has as well."""
    return [x for x in rule.trainable_variables if not x.name.startswith(NEUTRAL)]


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_an_option_changes_nothing_at_the_start(options):
    """Bit for bit, wherever the weights of the plain rule are."""
    identical = options.get("identical_updates", True)
    plain, rule = rule_with(identical_updates=identical), rule_with(**options)
    pairs = list(zip(plain.trainable_variables, plain_weights(rule), strict=True))
    assert rule.count_params() > plain.count_params()
    for ours, theirs in pairs:
        np.testing.assert_array_equal(grown(ours, theirs), leaves(theirs)[0])
    perturbed(plain)
    for ours, theirs in pairs:
        theirs.assign(grown(ours, theirs))
    found, expected = stepped(rule, batch()), stepped(plain, batch())
    for a, b in zip(leaves(found.layers), leaves(expected.layers), strict=True):
        np.testing.assert_array_equal(a, b)


def grown(variable, like):
    """The value with zeros to the shape of another: terms have coefficients each."""
    value = leaves(variable)[0]
    sizes = zip(like.shape, value.shape, strict=True)
    return np.pad(value, [(0, large - small) for large, small in sizes])


def test_saved_rule_is_the_same_rule(tmp_path):
    rule = perturbed(rule_with(identical_updates=False, **EVERYTHING))
    rule.save(tmp_path / "rule.keras")
    loaded = lu.load_rule(tmp_path / "rule.keras")
    assert loaded.get_config() == rule.get_config()
    assert_trees_close(stepped(loaded, batch()), stepped(rule, batch()), atol=0)


def test_theta_as_an_argument_is_theta_as_variables():
    rule = perturbed(rule_with(**EVERYTHING))
    base, phi = base_and_phi(rule)
    values = [np.array(value) for value in rule.get_weights()]
    theta = [ops.convert_to_tensor(value) for value in values]
    perturbed(rule, scale=1.0)
    given = lu.inner_step(rule, base, phi, batch(), theta=theta)
    assert not np.allclose(leaves(given)[0], leaves(stepped(rule, batch(), 1))[0])
    rule.set_weights(values)
    assert_trees_close(given, stepped(rule, batch(), 1), atol=0)


def test_both_backends_take_the_same_steps(tmp_path):
    other = "jax" if keras.backend.backend() == "tensorflow" else "tensorflow"
    pytest.importorskip(other, reason=f"{other} is not installed")
    environment = {
        **os.environ,
        "KERAS_BACKEND": other,
        "JAX_ENABLE_X64": "1",
        "JAX_PLATFORMS": "cpu",
        "PYTHONPATH": str(ROOT),
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    script, path = pathlib.Path(__file__).with_name("forms.py"), tmp_path / "phi.npz"
    command = [sys.executable, "-W", "ignore", str(script), str(path)]
    subprocess.run(command, env=environment, check=True)
    found = np.load(path)
    expected = leaves(stepped(perturbed(rule_with(**EVERYTHING)), batch()))
    assert len(found.files) == len(expected)
    for name, value in zip(found.files, expected, strict=True):
        np.testing.assert_allclose(found[name], value, atol=1e-9)


def test_unrolls_of_several_tasks_are_steps_one_by_one():
    """Compiled, vectorised and scanned, as the trainer and the estimator do it."""
    rule = perturbed(rule_with(**EVERYTHING))
    base, phi = base_and_phi(rule, units=(6, 5))
    other = base.init_phi(INPUTS, 7)
    rows = batch(rows=8)
    together = lu.meta.BaseTrainer(rule, base)(
        [phi, other], [rows, rows], 3, batch_size=8, seeds=(0, 0), progress=False
    )
    for start, end in zip((phi, other), together, strict=True):
        # a batch is all rows, whose order a rule does not know
        for _ in range(3):
            start = lu.inner_step(rule, base, start, rows)
        assert_trees_close(end, start, atol=1e-9)
        assert [float(x[STEP]) for x in end.state] == [3.0] * 2


def test_base_models_of_other_kinds_keep_the_state():
    rule = perturbed(rule_with(**EVERYTHING))
    base = rule.base_model("conv", (4, 3), image_shape=(5, 5, 1))
    phi = base.init_phi(25)
    end = lu.inner_step(rule, base, phi, batch(inputs=25))
    assert [float(x[STEP]) for x in end.state] == [1.0, 1.0]
    for old, new in zip(phi.layers, end.layers, strict=True):
        assert np.abs(leaves(new.kernel - old.kernel)[0]).max() > 1e-3
    assert all(np.isfinite(leaf).all() for leaf in leaves(end))


def test_meta_gradient():
    """d |features|^3 / d theta after three steps, against central differences.

    It reaches all that options add.
    """
    rule = perturbed(rule_with(**EVERYTHING))
    base, phi = base_and_phi(rule)
    x = ops.convert_to_tensor(batch())

    def loss(theta):
        state = phi
        for _ in range(3):
            state = lu.inner_step(rule, base, state, x, theta=theta)
        return ops.mean(ops.abs(base.embed(state, x)) ** 3), ()

    theta = rule.get_weights()
    gradients = leaves(
        backend.value_and_grad(loss)([ops.convert_to_tensor(v) for v in theta])[1]
    )
    for variable, gradient in zip(rule.trainable_variables, gradients, strict=True):
        if variable.name.startswith(NEUTRAL) or "coefficients" in variable.name:
            assert np.abs(gradient).min() > 1e-9, variable.path
    rng = np.random.default_rng(3)
    direction = [rng.normal(size=v.shape) for v in theta]
    values = [
        float(
            loss(
                [
                    ops.convert_to_tensor(v + sign * 1e-6 * d)
                    for v, d in zip(theta, direction, strict=True)
                ]
            )[0]
        )
        for sign in (1.0, -1.0)
    ]
    expected = sum(np.sum(a * b) for a, b in zip(gradients, direction, strict=True))
    assert abs(expected) > 1e-6
    assert (values[0] - values[1]) / 2e-6 == pytest.approx(expected, rel=1e-5)


def test_the_order_of_units_and_examples_does_not_matter():
    rule = perturbed(rule_with(**EVERYTHING))
    _, phi = base_and_phi(rule)
    x = batch()
    rng = np.random.default_rng(0)
    orders = [rng.permutation(n) for n in (INPUTS, *UNITS)]

    def permuted(tree):
        def ordered(value, below, above):
            value = np.asarray(value)
            if value.ndim == 0:
                return value
            return value[above] if value.ndim == 1 else value[below][:, above]

        return keras.tree.map_structure(
            ops.convert_to_tensor,
            lu.Phi(
                *(
                    tuple(
                        keras.tree.map_structure(
                            lambda leaf, b=below, a=above: ordered(leaf, b, a), layer
                        )
                        for layer, below, above in zip(
                            part, orders, orders[1:], strict=False
                        )
                    )
                    for part in tree
                )
            ),
        )

    examples = rng.permutation(len(x))
    found = stepped(rule, x[examples][:, orders[0]], phi=permuted(phi))
    assert_trees_close(found, permuted(stepped(rule, x)), atol=1e-9)


def test_time_stands_still_from_the_horizon_on():
    """Equation in NumPy; a rule that sees time learns on when its time is up."""
    clock = Clock(functions=3, horizon=50)
    for step in (0, 1, 7, 49, 50, 51, 1e6):
        share = min(np.log(1 + step) / np.log(51), 1)
        expected = [(1 - np.cos(np.pi * k * share)) / 2 for k in (1, 2, 3)]
        state = {STEP: ops.convert_to_tensor(float(step), "float64")}
        np.testing.assert_allclose(clock.time(state), expected, atol=1e-12)
        assert float(clock.after(state)[STEP]) == step + 1
    np.testing.assert_array_equal(clock.time({STEP: np.float64(0)}), 0)
    with pytest.raises(ValueError, match=r"functions >= 1.*functions=0.*no clock"):
        Clock(functions=0)


def test_time_reaches_the_states_of_units_and_the_coefficients():
    rule = perturbed(rule_with(clock=Clock))
    base, phi = base_and_phi(rule)
    late = phi._replace(state=tuple({STEP: x[STEP] + 20.0} for x in phi.state))
    acts = base.forward(phi, batch())
    traces = [rule.trace(each, acts) for each in (phi, late)]
    assert not np.allclose(leaves(traces[0]["h"])[0], leaves(traces[1]["h"])[0])
    merge = rule.update_network.weight_change.merge
    time = rule.time(late)
    expected = (
        leaves(merge.coefficients)[0][:, 0]
        + leaves(time)[0] @ leaves(merge.over_time)[0]
    )
    np.testing.assert_allclose(merge.weighting(time), expected, atol=1e-12)
    assert rule_with().time(phi) is None


def test_momentum_is_its_formula():
    """Three changes of one layer by NumPy."""
    momentum = Momentum(decay=0.8, own_feedback=True, dtype="float64")
    momentum.build()
    momentum.strength.assign([0.3, -0.4])
    momentum.decay_logits.assign([1.0, -1.0])
    rng = np.random.default_rng(0)
    expected = {f"{x}_momentum": np.float64(0) for x in lu.LayerParams._fields}
    state = dict(expected)
    strengths = np.tanh([0.3, -0.4, 0.3])
    decays = 1 / (1 + np.exp([-1.0, 1.0, -1.0]))
    for _ in range(3):
        change = lu.LayerParams(
            *(rng.normal(size=shape) for shape in ((3, 2), (2,), (3, 2)))
        )
        along, state = momentum(change, state)
        for name, new, found, s, d in zip(
            change._fields, change, along, strengths, decays, strict=True
        ):
            slot = f"{name}_momentum"
            expected[slot] = d * expected[slot] + (1 - d) * new
            wanted = new + s * (expected[slot] - new)
            np.testing.assert_allclose(found, wanted, atol=1e-12)
            np.testing.assert_allclose(state[slot], expected[slot], atol=1e-12)
    with pytest.raises(ValueError, match="0 < decay < 1.*decay=1"):
        Momentum(decay=1.0)


def test_kernels_and_feedback_kernels_have_one_momentum_where_their_change_is_one():
    rule = perturbed(rule_with(momentum=Momentum))
    base, phi = base_and_phi(rule)
    assert set(phi.state[0]) == {"kernel_momentum", "bias_momentum"}
    end = stepped(rule, batch(), 2)
    change = lu.phi_change(rule, base, end, batch())
    for layer in change.layers:
        np.testing.assert_array_equal(layer.kernel, layer.feedback)
    own = rule_with(momentum=Momentum, identical_updates=False)
    assert set(base_and_phi(own)[1].state[0]) == {
        "kernel_momentum",
        "bias_momentum",
        "feedback_momentum",
    }


def test_the_error_is_carried_down_as_contrast_by_its_formula():
    rule = perturbed(rule_with(contrast=Contrast))
    base, phi = base_and_phi(rule)
    traced = rule.trace(phi, base.forward(phi, batch()))
    strengths = leaves(rule.error_network.contrast.strengths)[0]
    assert np.ptp(strengths) > 1e-3
    for level, layer in enumerate(phi.layers):
        delta, feedback = np.asarray(traced["delta"][level + 1]), layer.feedback
        handed_on = delta - strengths * delta.mean(axis=0)  # (batch, units, channels)
        error = np.einsum("bjc,ij->bic", handed_on, feedback)
        error = error / np.sqrt(feedback.shape[1])
        rms = np.sqrt(np.mean(error**2, axis=-1, keepdims=True) + 1e-4)
        expected = error / rms
        np.testing.assert_allclose(traced["d"][level], expected, atol=1e-12)


def test_rates_are_those_of_place_and_time():
    rate = RateMap(0.1, 0.4, by_place=True, own_leak=True, dtype="float64")
    rate.build(2)
    rng = np.random.default_rng(0)
    for variable in rate.trainable_variables:
        variable.assign(rng.normal(size=variable.shape))
    logits, of_rate, of_leak = rate.get_weights()
    time = np.array([0.2, 0.7])
    for count in (1, 3):
        found = rate.of_layers(count, ops.convert_to_tensor(time))
        for index, rates in enumerate(found):
            seen = np.array([1, index == 0, index == count - 1, *time], np.float64)
            expected = logits + seen[1:] @ of_rate
            both = np.concatenate([expected, expected + seen @ of_leak])
            np.testing.assert_allclose(rates, 0.4 / (1 + np.exp(-both)), atol=1e-12)
    between = rate.of_layers(3, np.zeros(2))[1]
    np.testing.assert_array_equal(rate.rates(), between)


def test_a_leak_of_its_own_is_the_step_of_its_formula():
    rule = perturbed(rule_with(**OPTIONS["rates"]))
    base, phi = base_and_phi(rule)
    change = lu.phi_change(rule, base, phi, batch())
    rates = rule.rate.of_layers(len(UNITS))
    end = stepped(rule, batch(), 1)
    for old, by, new, each in zip(
        phi.layers, change.layers, end.layers, rates, strict=True
    ):
        rate, leak = float(each.kernel), float(each.kernel_leak)
        assert abs(rate - leak) > 1e-3
        expected = (1 - leak) * np.asarray(old.kernel) - rate * np.asarray(by.kernel)
        np.testing.assert_allclose(new.kernel, expected, atol=1e-12)
        rate, leak = float(each.bias), float(each.bias_leak)
        expected = (1 - leak) * np.asarray(old.bias) - rate * np.asarray(by.bias)
        np.testing.assert_allclose(new.bias, expected, atol=1e-12)
    assert rule.inner_learning_rate.kernel_leak != rule.inner_learning_rate.kernel


def test_phi_without_the_state_of_the_rule_is_refused():
    base, phi = base_and_phi(neuron_local())
    with pytest.raises(ValueError, match=r"lacks what the rule UpdateRule.*inner_step"):
        lu.inner_step(rule_with(clock=Clock), base, phi, batch())
