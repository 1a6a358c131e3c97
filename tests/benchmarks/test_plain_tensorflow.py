"""The released yardstick is the package's inner step, in float64."""

import numpy as np
import pytest

import learned_update as lu
from learned_update.benchmarks.yardsticks import released_pair
from tests import random_rules

tf = pytest.importorskip("tensorflow")

RATE = 0.02


def test_inner_step():
    rng = np.random.default_rng(0)
    units = (7, 3, 5)
    theta = random_rules.released_theta(rng, units[-1])
    layers = random_rules.random_phi(rng, 6, units, 0.3)
    x = rng.uniform(size=(9, 6))
    rule = random_rules.released_rule(theta, inner_learning_rate=RATE)
    base = lu.BaseMLP(units, dtype="float64")
    expected = lu.inner_step(rule, base, random_rules.to_phi(layers), x)

    # what a benchmark times
    package, plain = released_pair(rule, base, random_rules.to_phi(layers), x)
    reached = plain()
    tf.nest.map_structure(
        lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12),
        package(),
        reached,
    )
    for layer, other in zip(reached, expected.layers, strict=True):
        for name, value in layer.items():
            wanted = np.asarray(getattr(other, name))
            error = np.abs(value - wanted).max() / np.abs(wanted).max()
            assert error < 1e-9, name
