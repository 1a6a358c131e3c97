"""Which inner loops share what is compiled."""

import collections

import keras
import numpy as np
import pytest

import learned_update as lu
from learned_update.meta import BaseTrainer, compiled_unroll
from tests.rules_and_bases import assert_trees_close, perturbed


@pytest.fixture(autouse=True)
def kept(monkeypatch):
    kept = collections.OrderedDict()
    monkeypatch.setattr(compiled_unroll, "_kept", kept)
    return kept


def _of(rule, units=(5,), **options):
    return compiled_unroll.compiled_unroll(rule, rule.base_mlp(units, **options))


def test_theta_and_widths_may_differ():
    first, second = lu.UpdateRule(seed=0), lu.UpdateRule(seed=1)
    assert _of(first) is _of(second, units=(7,))


@pytest.mark.parametrize(
    ("options", "base"),
    [
        ({"feedback": "fixed"}, {}),
        ({"dtype": "float64"}, {}),
        ({}, {"units": (5, 5)}),
        ({}, {"activation": "tanh"}),
    ],
)
def test_what_else_differs_is_compiled_by_itself(options, base):
    plain = _of(lu.UpdateRule())
    assert _of(lu.UpdateRule(**options), **base) is not plain
    assert _of(lu.UpdateRule()) is plain


def test_code_of_users_is_never_shared(kept):
    def activation(z):
        return z

    rule = lu.UpdateRule()
    assert _of(rule, activation=activation) is not _of(rule, activation=activation)

    class Mine(lu.UpdateRule):
        pass

    assert _of(Mine()) is not _of(Mine())
    assert not kept


def test_those_used_last_are_kept(kept, monkeypatch):
    monkeypatch.setattr(compiled_unroll, "KEPT", 2)
    rule = lu.UpdateRule()
    one, two = _of(rule), _of(rule, units=(5, 5))
    assert _of(rule) is one
    _of(rule, units=(5, 5, 5))
    assert _of(rule) is one
    assert _of(rule, units=(5, 5)) is not two


def test_each_rule_moves_phi_by_its_own_theta():
    x = np.random.default_rng(0).normal(size=(6, 4))
    rules = [
        perturbed(lu.UpdateRule(seed=seed, dtype="float64"), scale=0.1)
        for seed in (0, 1)
    ]
    moved = []
    for rule in rules:
        base = rule.base_mlp((3,))
        phi = base.init_phi(4, seed=2)
        (trained,) = BaseTrainer(rule, base)([phi], [x], 1, 6, progress=False)
        assert_trees_close(trained, lu.inner_step(rule, base, phi, x), atol=1e-12)
        moved.append(trained)
    first, second = (np.asarray(phi.layers[0].kernel) for phi in moved)
    assert keras.backend.standardize_dtype(first.dtype) == "float64"
    assert np.abs(first - second).max() > 1e-6
