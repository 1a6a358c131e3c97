"""The rule in both forms: conformance, switches, equivariance, errors."""

import copy
import pickle

import keras
import numpy as np
import pytest
from keras import ops

import learned_update as lu
from tests.rules_and_bases import (
    FORMS,
    INPUTS,
    UNITS,
    assert_trees_close,
    base_and_phi,
    batch,
    leaves,
    neuron_local,
    released,
)


@pytest.fixture(params=FORMS, scope="module")
def rule(request):
    return FORMS[request.param]()


def test_saved_rule_is_the_same_rule(rule, tmp_path):
    path = tmp_path / "rule.keras"
    rule.save(path)
    loaded = lu.load_rule(path)
    base, phi = base_and_phi(rule)
    assert loaded.get_config() == rule.get_config()
    assert [x.name for x in tmp_path.iterdir()] == ["rule.keras"]
    assert_trees_close(
        lu.phi_change(loaded, base, phi, batch()),
        lu.phi_change(rule, base, phi, batch()),
        atol=0,
    )


def test_theta_as_an_argument_is_theta_as_variables(rule):
    base, phi = base_and_phi(rule)
    theta = [ops.convert_to_tensor(v) for v in rule.trainable_variables]
    assert_trees_close(
        lu.phi_change(rule, base, phi, batch(), theta=theta),
        lu.phi_change(rule, base, phi, batch()),
        atol=0,
    )
    doubled = lu.phi_change(rule, base, phi, batch(), theta=[2 * x for x in theta])
    original = lu.phi_change(rule, base, phi, batch())
    assert not np.allclose(leaves(doubled)[0], leaves(original)[0])


@pytest.mark.parametrize("xla", [False, True], ids=["graph", "xla"])
def test_compiled_step_is_the_eager_step(rule, xla):
    tf = pytest.importorskip("tensorflow")
    base, phi = base_and_phi(rule, units=(6, 5))
    compiled = tf.function(
        lambda phi, x: lu.inner_step(rule, base, phi, x), jit_compile=xla
    )
    assert_trees_close(
        compiled(phi, ops.convert_to_tensor(batch())),
        lu.inner_step(rule, base, phi, batch()),
    )


def test_inner_step_is_the_leaky_formula(rule):
    base, phi = base_and_phi(rule)
    change = lu.phi_change(rule, base, phi, batch())
    stepped = lu.inner_step(rule, base, phi, batch())
    rates = rule.inner_learning_rate
    kernel_rate, bias_rate = rates if isinstance(rates, tuple) else (rates, rates)
    for old, by, new in zip(phi.layers, change.layers, stepped.layers, strict=True):
        expected = (1 - kernel_rate) * old.kernel - kernel_rate * by.kernel
        np.testing.assert_allclose(new.kernel, expected, atol=1e-12)
        expected = (1 - kernel_rate) * old.feedback - kernel_rate * by.kernel
        np.testing.assert_allclose(new.feedback, expected, atol=1e-12)
        expected = (1 - bias_rate) * old.bias - bias_rate * by.bias
        np.testing.assert_allclose(new.bias, expected, atol=1e-12)


def test_initial_theta_is_a_function_of_the_seed():
    first, again, other = (lu.UpdateRule(seed=seed) for seed in (1, 1, 2))
    for a, b in zip(first.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert any(
        not np.array_equal(a, b)
        for a, b in zip(first.get_weights(), other.get_weights(), strict=True)
    )


def test_initial_kernels_are_truncated_normals_of_the_fan_in():
    rule = lu.UpdateRule(seed=0)
    kernel = rule.error_network.unit_network.layers[0].linear.kernel
    values = leaves(kernel)[0]
    fan_in = values.shape[0]
    assert np.abs(values).max() <= 2 * fan_in**-0.5
    # a normal truncated at two standard deviations has 0.88 of the deviation
    np.testing.assert_allclose(values.std(), 0.88 * fan_in**-0.5, rtol=0.1)


def test_default_rule_starts_as_hebbian_learning_with_decorrelation():
    rule = lu.UpdateRule(dtype="float64")
    base, phi = base_and_phi(rule)
    acts = base.forward(phi, batch())
    trace = rule.trace(phi, acts)
    terms = trace["normalized_terms"][0]
    g = terms["hebb_positive"] - terms["decorr_off_diagonal"]
    g = g / np.sqrt(0.1 + np.mean(np.square(g), axis=0))
    np.testing.assert_allclose(trace["change"][0], -g, atol=1e-12)


@pytest.mark.parametrize("name", FORMS)
def test_term_left_out_is_a_coefficient_of_zero(name):
    # In the released merge the number of terms counts too: compare the local one.
    left_out = "hebb_positive" if name == "neuron_local" else "hebb"
    without = FORMS[name](without=(left_out,))
    assert left_out not in without.update_network.weight_change.terms
    base, phi = base_and_phi(without)
    names = rule_terms(without, base, phi)
    assert left_out not in names
    assert len(names) == 11
    if name == "neuron_local":
        full = FORMS[name]()
        change = full.update_network.weight_change
        index = change.terms.index(left_out)
        keep = [i for i in range(12) if i != index]
        coefficients = np.array(leaves(change.merge.coefficients)[0])
        coefficients[index] = 0.0
        change.merge.coefficients.assign(coefficients)
        for source, target in zip(
            [v for v in full.trainable_variables if "coefficients" not in v.path],
            [v for v in without.trainable_variables if "coefficients" not in v.path],
            strict=True,
        ):
            target.assign(source)
        without.update_network.weight_change.merge.coefficients.assign(
            coefficients[keep]
        )
        assert_trees_close(
            lu.phi_change(without, base, phi, batch()),
            lu.phi_change(full, base, phi, batch()),
        )


def rule_terms(rule, base, phi):
    return rule.trace(phi, base.forward(phi, batch()))["terms"][0].keys()


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("mode", ["fixed", "transpose"])
def test_feedback_modes(name, mode):
    rule = FORMS[name](feedback=mode)
    base, phi = base_and_phi(rule)
    stepped = lu.inner_step(rule, base, phi, batch())
    for old, new in zip(phi.layers, stepped.layers, strict=True):
        np.testing.assert_array_equal(old.feedback, new.feedback)
    other = lu.Phi(tuple(x._replace(feedback=2.0 + x.feedback) for x in phi.layers))
    change, of_other = (lu.phi_change(rule, base, p, batch()) for p in (phi, other))
    same = all(
        np.array_equal(a.kernel, b.kernel)
        for a, b in zip(change.layers, of_other.layers, strict=True)
    )
    assert same == (mode == "transpose")


@pytest.mark.parametrize("name", FORMS)
def test_feedback_kernels_with_a_change_of_their_own(name):
    rule = FORMS[name](identical_updates=False)
    base, phi = base_and_phi(rule)
    change = lu.phi_change(rule, base, phi, batch())
    assert not np.allclose(change.layers[0].kernel, change.layers[0].feedback)
    same = lu.phi_change(FORMS[name](), base, phi, batch())
    np.testing.assert_array_equal(same.layers[0].kernel, same.layers[0].feedback)


@pytest.mark.parametrize("name", FORMS)
def test_switches_of_features_change_the_channels(name):
    small = FORMS[name](weight_statistics=False, unit_identity=False)
    large = FORMS[name](weight_statistics=True, unit_identity=True)
    channels = [
        r.error_network.features.channels(r.error_network.top_error.delta_channels)
        for r in (small, large)
    ]
    assert channels[1] - channels[0] == 8 + 2
    for rule in (small, large):
        base, phi = base_and_phi(rule)
        assert np.isfinite(leaves(lu.phi_change(rule, base, phi, batch()))[0]).all()


def test_neuron_local_commutes_with_permutations():
    rule = neuron_local()
    base, phi = base_and_phi(rule)
    x = batch()
    change = lu.phi_change(rule, base, phi, x)
    rng = np.random.default_rng(0)
    orders = [rng.permutation(n) for n in (INPUTS, *UNITS)]

    def permuted(tree):
        return lu.Phi(
            tuple(
                lu.LayerParams(
                    np.asarray(layer.kernel)[below][:, above],
                    np.asarray(layer.bias)[above],
                    np.asarray(layer.feedback)[below][:, above],
                )
                for layer, below, above in zip(
                    tree.layers, orders, orders[1:], strict=False
                )
            )
        )

    examples = rng.permutation(len(x))
    phi_permuted = keras.tree.map_structure(ops.convert_to_tensor, permuted(phi))
    result = lu.phi_change(rule, base, phi_permuted, x[examples][:, orders[0]])
    assert_trees_close(result, permuted(change), atol=1e-10)


def test_released_depends_on_the_order_of_units():
    rule = released()
    base, phi = base_and_phi(rule)
    x = batch()
    change = lu.phi_change(rule, base, phi, x)
    reversed_change = lu.phi_change(rule, base, phi, x[::-1])
    assert not np.allclose(change.layers[0].kernel, reversed_change.layers[0].kernel)


@pytest.mark.parametrize("width", [1, 3, 40])
def test_neuron_local_fits_any_embedding(width):
    rule = neuron_local()
    base, phi = base_and_phi(rule, units=(8, width))
    stepped = lu.inner_step(rule, base, phi, batch())
    assert stepped.layers[-1].kernel.shape == (8, width)
    assert all(np.isfinite(leaf).all() for leaf in leaves(stepped))


def test_released_refuses_another_embedding():
    rule = released()
    base = lu.BaseMLP((8, 9), dtype="float64")
    phi = base.init_phi(INPUTS)
    with pytest.raises(ValueError, match=r"units\[-1\] = 5.*9 units on the top"):
        lu.phi_change(rule, base, phi, batch())


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match="no weight-change term 'heb'.*Did you mean"):
        neuron_local(without=("heb",))
    with pytest.raises(ValueError, match="Unknown feedback mode.*'random'"):
        neuron_local(feedback="random")
    with pytest.raises(ValueError, match="0 < initial <= "):
        neuron_local(inner_learning_rate=0.7)


def test_phi_of_another_dtype_is_refused():
    rule = neuron_local("float64")
    base = lu.BaseMLP(UNITS)
    with pytest.raises(ValueError, match="different dtypes.*float64.*float32"):
        lu.inner_step(rule, base, base.init_phi(INPUTS), batch())


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "copied",
    [copy.deepcopy, lambda rule: pickle.loads(pickle.dumps(rule))],
    ids=["deepcopy", "pickle"],
)
def test_copies_are_the_same_rule_with_a_theta_of_its_own(form, copied):
    rule = FORMS[form]()
    before = rule.get_weights()
    other = copied(rule)
    for a, b in zip(before, other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert other.get_config() == rule.get_config()
    assert pickle.dumps(other) == pickle.dumps(rule)
    other.set_weights([value + 1 for value in before])
    np.testing.assert_array_equal(rule.get_weights()[0], before[0])


def test_a_base_model_of_another_embedding_width_is_refused():
    rule = FORMS["released"]()
    with pytest.raises(ValueError, match=r"one width.*units\[-1\] = 5.*: 6 units"):
        rule.base_mlp((7, 6))
    assert FORMS["neuron_local"]().base_mlp((7, 6)).units == (7, 6)
