"""Inductive features do not mind their company; transductive ones do."""

import numpy as np
import pytest

import learned_update as lu
from learned_update.baselines import Pca, RandomInitialisation
from learned_update.data import Dataset
from learned_update.evaluation.methods import embedding
from learned_update.evaluation.methods.by_name import (
    METHODS,
    Setting,
    prototypical_methods,
)
from learned_update.evaluation.methods.embedding import (
    embed_rows,
    embed_together,
    is_transductive,
)
from learned_update.evaluation.methods.rule_features import RuleFeatures
from tests.arithmetic import assert_within, same_to_rounding

RNG = np.random.default_rng(0)
PIXELS = RNG.uniform(size=(300, 36)).astype(np.float32)
BASE = lu.BaseMLP((16, 8))
LABELLED = Dataset(
    "noise",
    RNG.uniform(size=(60, 6, 6, 1)).astype(np.float32),
    np.repeat(np.arange(3, dtype=np.int32), 20),
    ("a", "b", "c"),
)
UNLABELLED = {n: method for n, method in METHODS.items() if not method.labelled}
UNLABELLED |= prototypical_methods([LABELLED], ways=2)


class Doubling:
    """In the place of a `BaseTrainer`: an inner step doubles phi."""

    base = BASE

    def __call__(self, phis, data, steps, **_):
        (phi,) = phis
        layers = [
            lu.LayerParams(*(2.0**steps * array for array in layer))
            for layer in phi.layers
        ]
        return [lu.Phi(layers=tuple(layers))]


def fitted(name):
    if name == "rule":
        return RuleFeatures(Doubling(), 2, 50, seed=3).fit(PIXELS)
    setting = Setting(BASE, 3, (6, 6, 1), 8, share=0.001)
    return UNLABELLED[name].make(setting).fit(PIXELS)


@pytest.mark.parametrize("name", ["rule", *UNLABELLED])
def test_features_stay_when_others_are_permuted_removed_or_replaced(name, monkeypatch):
    monkeypatch.setattr(embedding, "BLOCK_ROWS", 64)
    method = fitted(name)
    features, rounding = same_to_rounding(lambda x: embed_rows(method, x), PIXELS)
    assert rounding < 1e-3 * np.abs(features).max()
    assert_within(method.embed(PIXELS), features, rounding)
    if is_transductive(method):  # then phi is all that the features are made of
        statistics = method.base.statistics(method.phi, PIXELS)
        expected = method.base.embed(method.phi, PIXELS, statistics)
        assert_within(expected, features, rounding)
    order = RNG.permutation(len(PIXELS))
    assert_within(embed_rows(method, PIXELS[order]), features[order], rounding)
    # In the same places to the bit.
    for kept in (1, 7, 64, 201):
        np.testing.assert_array_equal(
            embed_rows(method, PIXELS[:kept]), features[:kept]
        )
    replaced = np.where(np.arange(300)[:, None] % 3, 1 - PIXELS, PIXELS)
    np.testing.assert_array_equal(embed_rows(method, replaced)[::3], features[::3])


@pytest.mark.parametrize(
    "name", ["rule", "random initialisation", "prototypical network"]
)
def test_transductive_features_are_those_of_one_batch(name):
    method = fitted(name)
    support, query = embed_together(method, PIXELS[:20], PIXELS[20:])
    together = method.base.embed(method.phi, PIXELS)
    np.testing.assert_array_equal(np.concatenate([support, query]), together)
    fewer = embed_together(method, PIXELS[:20], PIXELS[20:60])[1]
    assert np.abs(fewer - query[:40]).max() > 1e-3
    replaced = np.where(np.arange(280)[:, None] % 3, 1 - PIXELS[20:], PIXELS[20:])
    changed = embed_together(method, PIXELS[:20], replaced)[1]
    assert np.abs(changed - query)[::3].max() > 1e-3


def test_only_what_has_phi_is_transductive():
    assert is_transductive(RandomInitialisation(BASE, 0).fit(PIXELS))
    assert not is_transductive(Pca(2).fit(PIXELS))
    assert not is_transductive(fitted("Hebbian"))


def test_rule_features_are_those_of_the_trained_phi():
    method = fitted("rule")
    first = BASE.init_phi(36, seed=3).layers[0]
    np.testing.assert_array_equal(method.phi.layers[0].kernel, 4.0 * first.kernel)
    statistics = BASE.statistics(method.phi, PIXELS)
    expected = BASE.embed(method.phi, PIXELS, statistics)
    np.testing.assert_array_equal(method.embed(PIXELS), expected)
    assert method.parameters == 2 * (36 * 16 + 16 * 8) + 16 + 8


def test_a_share_of_the_usual_steps_is_at_least_one():
    setting = Setting(BASE, 0, (6, 6, 1), 8, share=0.1)
    assert [setting.steps(usual) for usual in (2000, 4)] == [200, 1]
