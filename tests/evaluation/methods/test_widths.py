"""Methods that give equally many features."""

import numpy as np
import pytest

import learned_update as lu
from learned_update.evaluation.methods.by_name import Setting, named_methods
from learned_update.evaluation.methods.widths import (
    check_features,
    methods_of_width,
    units_of,
)
from learned_update.evaluation.test_sets.protocol import ComparisonProtocol

INPUTS, ROWS = 12, 40
BASELINES = ("random initialisation", "raw pixels", "PCA", "k-means", "Hebbian")
PROTOCOL = ComparisonProtocol(units=(7, 6, 5))
RANDOM = "random initialisation"


@pytest.mark.parametrize(
    ("features", "output", "units"),
    [
        (32, "top", (7, 6, 32)),
        (32, "all", (10, 10, 12)),
        (3, "all", (1, 1, 1)),
        (2, "all", None),
        (32, "with_input", (7, 6, 20)),
        (13, "with_input", (7, 6, 1)),
        (12, "with_input", None),
    ],
)
def test_units(features, output, units):
    assert units_of((7, 6, 5), features, output, INPUTS) == units


def made(features):
    named = named_methods(BASELINES)
    return methods_of_width(
        features, {"rule": lu.UpdateRule()}, PROTOCOL, named, INPUTS, ROWS
    )


@pytest.mark.parametrize(
    ("features", "absent"),
    [
        (10, {"rule, beside the inputs", f"{RANDOM}, beside the inputs"}),
        (13, {"PCA"}),
        (41, {"PCA", "k-means"}),
    ],
)
def test_every_method_gives_as_many(features, absent):
    methods, base = made(features)
    ways = ("", ", all layers", ", beside the inputs")
    every = {f"{name}{way}" for name in ("rule", RANDOM) for way in ways}
    assert set(methods) == (every | set(BASELINES)) - absent
    assert base.units == (7, 6, features)
    pixels = np.random.default_rng(0).uniform(size=(ROWS, INPUTS)).astype("float32")
    setting = Setting(base, 0, (4, 3, 1), features, share=0.002, inputs=INPUTS)
    for name, method in methods.items():
        if name.startswith("rule"):
            continue
        found = method.make(setting).fit(pixels).embed(pixels)
        expected = INPUTS if name == "raw pixels" else features
        assert found.shape == (ROWS, expected), name


def test_ways_of_a_rule_by_value():
    methods, _ = made(20)
    pixels = np.random.default_rng(0).uniform(size=(ROWS, INPUTS)).astype("float32")
    setting = Setting(None, 0, (4, 3, 1), 20)
    beside = methods[f"{RANDOM}, beside the inputs"].make(setting).fit(pixels)
    features = beside.embed(pixels)
    np.testing.assert_array_equal(features[:, 8:], pixels)
    top = np.asarray(
        beside.base.embed(
            beside.phi, pixels, beside.base.statistics(beside.phi, pixels)
        )
    )
    np.testing.assert_allclose(features[:, :8], top, atol=1e-5)
    rule = methods["rule, all layers"].make(setting)
    assert (rule.base.units, rule.output) == ((6, 6, 8), "all")


@pytest.mark.parametrize("features", [(), (32, 32), (0,)])
def test_numbers_that_make_no_sense(features):
    with pytest.raises(ValueError, match=r"no numbers of features.*different integers"):
        check_features(features)
