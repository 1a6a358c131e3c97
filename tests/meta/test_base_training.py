"""Training of base models: the same inner steps, however they are grouped."""

import keras
import numpy as np
import pytest
from keras import ops

import learned_update as lu
from learned_update.layers import local_rule
from learned_update.meta import BaseTrainer
from learned_update.randomness import generator
from tests.rules_and_bases import (
    assert_trees_close,
    base_and_phi,
    batch,
    leaves,
    perturbed,
)

DATA = batch(rows=30, seed=11)


@pytest.fixture(scope="module")
def trained():
    """A rule with its base model, phi, and phi after 7 steps one by one."""
    rule = perturbed(local_rule("oja", dtype="float64"))  # any: this compiles quickly
    base, phi = base_and_phi(rule, units=(6, 5))
    states = {0: phi}
    for step in range(7):
        rows = generator(4, step).choice(len(DATA), 8, replace=False)
        states[step + 1] = lu.inner_step(rule, base, states[step], DATA[rows])
    return rule, base, states


def test_training_is_a_loop_of_inner_steps(trained):
    rule, base, states = trained
    seen = {}
    phi = lu.train_base_model(
        rule,
        base,
        states[0],
        DATA,
        steps=7,
        batch_size=8,
        seed=4,
        callback=seen.__setitem__,
        callback_every=3,
    )
    assert_trees_close(phi, states[7])
    assert list(seen) == [3, 6, 7]
    for step, state in seen.items():
        assert_trees_close(state, states[step])


def test_base_models_side_by_side_are_those_one_by_one(trained):
    rule, base, states = trained
    other = base.init_phi(DATA.shape[1], seed=9)
    trainer = BaseTrainer(rule, base)
    together = trainer([states[0], other], [DATA, DATA[:20]], 3, 8, seeds=[4, 5])
    alone = trainer([other], [DATA[:20]], 3, 8, seeds=[5])
    assert_trees_close(together[0], states[3])
    assert_trees_close(together[1], alone[0])


def test_trainer_uses_the_present_theta(trained):
    rule, base, states = trained
    trainer = BaseTrainer(rule, base)
    before = trainer([states[0]], [DATA], 1, 8)
    theta = rule.get_weights()
    rule.set_weights([0.5 * value for value in theta])
    after = trainer([states[0]], [DATA], 1, 8)
    rule.set_weights(theta)
    assert not np.allclose(leaves(before)[0], leaves(after)[0])


@pytest.mark.parametrize("rematerialise", ["none", "steps"])
def test_gradient_through_an_unroll(trained, rematerialise):
    tf = pytest.importorskip("tensorflow")
    rule, base, states = trained
    xs = np.stack([DATA[:8], DATA[8:16], DATA[16:24]])
    variables = [v.value for v in rule.trainable_variables]

    def loss_of(phi):
        return ops.sum(ops.square(base.embed(phi, DATA[:8])))

    with tf.GradientTape() as tape:
        phi = states[0]
        for x in xs:
            phi = lu.inner_step(rule, base, phi, x)
        loss = loss_of(phi)
    expected = tape.gradient(loss, variables)

    @tf.function(autograph=False)
    def compiled(theta):
        with tf.GradientTape() as tape:
            tape.watch(theta)
            phi = lu.unroll(rule, base, states[0], xs, theta, rematerialise)
            loss = loss_of(phi)
        return loss, tape.gradient(loss, theta)

    unrolled, gradient = compiled([tf.identity(v) for v in variables])
    np.testing.assert_allclose(unrolled, loss, rtol=1e-12)
    scale = max(np.abs(g).max() for g in expected if g is not None)
    for a, b in zip(expected, gradient, strict=True):
        a = np.zeros(b.shape) if a is None else a
        np.testing.assert_allclose(a, b, atol=1e-10 * scale)


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        (DATA[:, :4], {}, r"x does not fit.*\(batch, 9\).*\(30, 4\)"),
        (np.where(DATA > 2, np.nan, DATA), {}, "not finite"),
        (np.ones((30, 9)), {}, "All rows of x are equal.*30 rows of zero variance"),
        (DATA, {"batch_size": 31}, "2 <= batch_size <= 30.*batch_size=31"),
        (DATA, {"batch_size": 1}, "2 <= batch_size <= 30.*batch_size=1"),
    ],
    ids=["width", "nan", "zero variance", "large batch", "batch of one"],
)
def test_bad_data_are_refused(trained, data, options, message):
    rule, base, states = trained
    options = {"steps": 1, "batch_size": 8, **options}
    with pytest.raises(ValueError, match=message):
        lu.train_base_model(rule, base, states[0], data, **options)


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (DATA[:8, :4], "x does not fit"),
        (np.where(DATA[:8] > 1, np.inf, DATA[:8]), "not finite"),
        (DATA[:1], "A batch of one row"),
        (np.zeros((8, 9)), "All rows of x are equal"),
    ],
    ids=["width", "infinity", "one row", "zero variance"],
)
def test_bad_batches_of_an_inner_step_are_refused(trained, x, message):
    rule, base, states = trained
    for function in (lu.inner_step, lu.phi_change):
        with pytest.raises(ValueError, match=message):
            function(rule, base, states[0], x)


def test_float32_of_the_default_rule_does_not_collapse():
    rule = lu.UpdateRule()
    base = rule.base_mlp((8, 6))
    data = DATA.astype("float32")
    phi = lu.train_base_model(
        rule, base, base.init_phi(9), data, steps=120, batch_size=16
    )
    features = ops.convert_to_numpy(base.embed(phi, data))
    assert np.isfinite(features).all()
    assert np.linalg.matrix_rank(features - features.mean(0)) >= 4
    assert all(np.abs(x).max() < 10 for x in keras.tree.flatten(phi))
