"""A rule on disk and rows to fit, shared by the tests of the estimator."""

import numpy as np
import pytest

import learned_update as lu
from learned_update.estimator import LearnedUpdateEncoder
from learned_update.layers import local_rule
from tests.rules_and_bases import perturbed


@pytest.fixture(scope="session")
def rule():
    """A float32 rule away from its initial theta, which compiles in no time."""
    return perturbed(local_rule("soft-hebb"), scale=0.02)


@pytest.fixture(scope="session")
def unbound_rule():
    """A float32 rule that applies to convolutions and attention, too."""
    return perturbed(lu.UpdateRule(seed=3), scale=0.02)


@pytest.fixture(scope="session")
def rule_path(rule, tmp_path_factory):
    path = tmp_path_factory.mktemp("rules") / "rule.keras"
    rule.save(path)
    return str(path)


@pytest.fixture(scope="session")
def rows():
    """300 rows around three centres, columns of very different scales."""
    rng = np.random.default_rng(7)
    centres = rng.normal(scale=3, size=(3, 6))[rng.integers(3, size=300)]
    return (centres + rng.normal(size=(300, 6))) * 10.0 ** np.arange(-2, 4)


@pytest.fixture
def encoder(rule):
    """An encoder that has not been fitted."""
    return LearnedUpdateEncoder(
        rule, units=(7, 5), steps=6, batch_size=32, random_state=4
    )
