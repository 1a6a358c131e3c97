"""What every local rule has to be: pure, saved and loaded, trainable, named."""

import pickle

import gin
import keras
import numpy as np
import pytest
from keras import ops

import learned_update as lu
from learned_update import backend, configuration
from learned_update.layers import LOCAL_RULES, local_rule
from learned_update.layers.local_rules.masks import band_mask, hashed, keep_mask
from learned_update.registration import register_all
from tests.rules_and_bases import assert_trees_close, batch, leaves

UNITS, INPUTS = (5, 4), 6
WITH_STATE = ("bcm", "foldiak", "similarity-matching", "clapp", "vsml")


@pytest.fixture(params=LOCAL_RULES)
def name(request):
    return request.param


def moved(rule):
    """The rule away from its initial theta."""
    rule.set_weights([value + 0.05 for value in rule.get_weights()])
    return rule


def stepped(rule, x, steps=3, activation=None):
    base = rule.base_mlp(UNITS, activation)
    phi = base.init_phi(INPUTS, 1)
    for _ in range(steps):
        phi = lu.inner_step(rule, base, phi, x)
    return phi


def test_a_step_moves_what_it_should(name):
    rule, x = local_rule(name), batch(inputs=INPUTS, dtype="float32")
    base = rule.base_mlp(UNITS)
    start, end = base.init_phi(INPUTS, 1), stepped(rule, x)
    for old, new in zip(start.layers, end.layers, strict=True):
        assert np.abs(leaves(new.kernel - old.kernel)[0]).max() > 1e-4
        np.testing.assert_array_equal(*leaves((new.bias, old.bias)))
    assert bool(end.state) == (name in WITH_STATE)
    assert all(np.isfinite(leaf).all() for leaf in leaves(end))


def test_call_and_apply_are_the_inner_step(name):
    rule, x = local_rule(name), batch(inputs=INPUTS, dtype="float32")
    base = rule.base_mlp(UNITS)
    phi = base.init_phi(INPUTS, 1)
    change, rates = rule(phi, base.forward(phi, x))
    keras.tree.assert_same_structure(change, phi)
    assert float(rates.kernel) == pytest.approx(rule.get_config()["rate"], rel=1e-5)
    assert_trees_close(rule.apply_change(phi, change, rates), stepped(rule, x, 1))


def test_saved_and_loaded(name, tmp_path):
    rule, x = moved(local_rule(name)), batch(inputs=INPUTS, dtype="float32")
    rule.save(tmp_path / "rule.keras")
    loaded = lu.load_rule(tmp_path / "rule.keras")
    assert type(loaded) is type(rule)
    assert loaded.get_config() == rule.get_config()
    assert_trees_close(stepped(loaded, x), stepped(rule, x))
    assert pickle.dumps(pickle.loads(pickle.dumps(rule))) == pickle.dumps(rule)


def test_theta_as_an_argument(name):
    """What the trainer does: theta from outside, and not the variables' own."""
    rule, x = local_rule(name), batch(inputs=INPUTS, dtype="float32")
    base = rule.base_mlp(UNITS)
    phi = base.init_phi(INPUTS, 1)
    theta = [value + 0.05 for value in rule.get_weights()]
    given = lu.inner_step(rule, base, phi, x, theta=list(map(ops.array, theta)))
    assert_trees_close(given, stepped(moved(local_rule(name)), x, 1), atol=1e-5)
    gap = [np.abs(a - b).max() for a, b in zip(leaves(given), leaves(phi), strict=True)]
    assert max(gap) > 1e-4


def test_order_of_examples(name):
    """Rules that compare no rows and mask none do not know the order of examples."""
    if name in ("lpl", "clapp", "forward-forward", "denoising"):
        pytest.skip("masks and negatives hang on the place in the batch")
    rule, x = local_rule(name), batch(inputs=INPUTS, dtype="float32")
    order = np.random.default_rng(0).permutation(len(x))
    assert_trees_close(stepped(rule, x[order]), stepped(rule, x), atol=1e-4)


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="JAX has no float64 by default"
)
@pytest.mark.parametrize("of", ["oja", "similarity-matching", "lpl", "blur"])
def test_meta_gradient(of):
    """d |features|^3 / d theta after three steps, against central differences."""
    rule = local_rule(of, dtype="float64")
    base = rule.base_mlp(UNITS)
    phi, x = base.init_phi(INPUTS, 1), ops.convert_to_tensor(batch(inputs=INPUTS))

    def loss(theta):
        state = phi
        for _ in range(3):
            state = lu.inner_step(rule, base, state, x, theta=theta)
        return ops.mean(ops.abs(base.embed(state, x)) ** 3), ()

    theta = rule.get_weights()
    tensors = [ops.convert_to_tensor(value) for value in theta]
    gradients = leaves(backend.value_and_grad(loss)(tensors)[1])
    rng = np.random.default_rng(3)
    direction = [rng.normal(size=value.shape) for value in theta]
    values = []
    for sign in (1.0, -1.0):
        there = [
            ops.convert_to_tensor(value + sign * 1e-6 * step)
            for value, step in zip(theta, direction, strict=True)
        ]
        values.append(float(loss(there)[0]))
    expected = sum(np.sum(a * b) for a, b in zip(gradients, direction, strict=True))
    assert abs(expected) > 1e-6
    assert (values[0] - values[1]) / 2e-6 == pytest.approx(expected, rel=1e-5)


def test_a_rule_by_its_name_anywhere(name):
    assert type(lu.load_rule(name)) is LOCAL_RULES[name]


@pytest.mark.parametrize("load", [local_rule, lu.load_rule])
def test_near_names(load):
    with pytest.raises(ValueError, match=r"no (local )?rule 'sangre'.*[Nn]ear.*sanger"):
        load("sangre")


def test_a_file_of_that_name_comes_first(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "oja").mkdir()
    local_rule("bcm").save(tmp_path / "oja" / "rule.keras")
    assert type(lu.load_rule("oja")) is LOCAL_RULES["bcm"]


def test_gin_files_say_the_constants_that_names_stand_for(name):
    register_all()
    try:
        configuration.load([f"local_rules/{name}.gin"])
        configured = gin.get_configurable("local_rule")()
        assert type(configured) is LOCAL_RULES[name]
        bound = gin.config._CONFIG["", f"learned_update.{type(configured).__name__}"]
    finally:
        gin.clear_config()
    config = local_rule(name).get_config()
    assert {key: config[key] for key in bound} == bound
    assert bound.keys() == config.keys() - {"name", "trainable", "dtype", "seed"}
    left = {**configured.get_config(), "name": "", "dtype": ""}
    assert left == {**config, "name": "", "dtype": ""}


def test_constants_must_be_positive():
    with pytest.raises(ValueError, match=r"positive: rate\..*rate=0.*small number"):
        local_rule("oja", rate=0)


def test_phi_without_its_state_is_refused():
    rule = local_rule("bcm")
    base = local_rule("oja").base_mlp(UNITS)
    x = batch(inputs=INPUTS, dtype="float32")
    with pytest.raises(ValueError, match=r"lacks what the rule Bcm.*threshold.*none"):
        lu.inner_step(rule, base, base.init_phi(INPUTS, 1), x)


def test_state_when_an_unroll_begins():
    base = local_rule("foldiak").base_mlp(UNITS)
    phi = base.draw_phi(INPUTS)
    assert [x["lateral"].shape for x in phi.state] == [(5, 5), (4, 4)]
    assert [x["threshold"].shape for x in phi.state] == [(5,), (4,)]
    matching = local_rule("similarity-matching").base_mlp(UNITS).draw_phi(INPUTS)
    np.testing.assert_array_equal(matching.state[0]["lateral"], np.eye(5))
    again = lu.BaseMLP.from_config(base.get_config()).draw_phi(INPUTS)
    assert_trees_close(again, phi)


def test_a_threshold_does_not_overshoot():
    x = batch(inputs=INPUTS, dtype="float32")
    within, beyond = (stepped(local_rule("bcm", slide=s), x) for s in (1.0, 3.0))
    assert_trees_close(beyond, within)


def test_masks():
    x = np.zeros((50, 40), "float32")
    kept = ops.convert_to_numpy(keep_mask(x, 0.7, salt=1))
    assert abs(kept.mean() - 0.7) < 0.05
    assert np.abs(kept.mean(axis=0) - 0.7).max() < 0.3
    assert np.abs(kept.mean(axis=1) - 0.7).max() < 0.3
    other = ops.convert_to_numpy(keep_mask(x, 0.7, salt=2))
    assert 0.3 < (kept != other).mean() < 0.55  # 0.42 if independent
    bands = ops.convert_to_numpy(band_mask(x))
    np.testing.assert_array_equal(bands.mean(axis=1), 0.5)
    borders = np.abs(np.diff(np.concatenate([bands, bands[:, :1]], axis=1), axis=1))
    np.testing.assert_array_equal(borders.sum(axis=1), 2)
    assert len(np.unique(ops.convert_to_numpy(hashed(50, 1, 0)))) > 40


def test_encoder_of_a_rule_with_a_state():
    """A copy has the state too: it goes on as the encoder itself does."""
    rows = batch(rows=30, inputs=INPUTS, dtype="float32")
    encoder = lu.LearnedUpdateEncoder(rule="bcm", units=(4,), steps=3, random_state=0)
    features = encoder.fit(rows).transform(rows)
    assert features.shape == (30, 4)
    again = pickle.loads(pickle.dumps(encoder))
    np.testing.assert_array_equal(again.transform(rows), features)
    first = encoder.partial_fit(rows).transform(rows)
    np.testing.assert_array_equal(again.partial_fit(rows).transform(rows), first)
    assert np.abs(first - features).max() > 1e-4
