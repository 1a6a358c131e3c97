"""The mean of phi over inner steps: by its formula, in one call and in several."""

import numpy as np
import pytest
from keras import ops

import learned_update as lu
from learned_update.layers.stepping.clock import STEP, Clock
from learned_update.meta import BaseTrainer, base_training
from learned_update.ops.stepping.late_mean import late_mean
from tests.layers.forms import rule_with
from tests.rules_and_bases import assert_trees_close, base_and_phi, batch, perturbed

STEPS = 7


@pytest.fixture(scope="module")
def problem():
    """A rule with a state, its base model, phi, and rows that are one batch."""
    rule = perturbed(rule_with(clock=Clock))
    base, phi = base_and_phi(rule)
    return rule, base, phi, batch()


def test_running_form_is_the_weighted_mean():
    values = np.random.default_rng(0).normal(size=(STEPS, 3))
    mean = np.full(3, 1e3)  # what is there before the first step counts for nothing
    for count, value in enumerate(values, start=1):
        mean = late_mean(mean, value, float(count))
        weights = np.arange(1.0, count + 1)
        expected = np.average(values[:count], axis=0, weights=weights)
        np.testing.assert_allclose(mean, expected, atol=1e-9)


def test_training_gives_the_mean_of_its_steps_one_by_one(problem, monkeypatch):
    rule, base, phi, rows = problem
    monkeypatch.setattr(base_training, "STEPS_PER_CALL", 3)  # several compiled calls
    averaged = BaseTrainer(rule, base, average=True)
    arguments = [phi], [rows], STEPS
    course = averaged.stages(
        *arguments, batch_size=len(rows), at=(1, 5), progress=False
    )
    passed, found = [phi], dict(course)
    for _ in range(STEPS):  # a batch is all rows, whose order a rule does not know
        passed.append(lu.inner_step(rule, base, passed[-1], rows))
    assert list(found) == [0, 1, 5, STEPS]
    for step, (given,) in found.items():
        members = passed[1 : step + 1] or passed[:1]
        weights = np.arange(1.0, len(members) + 1)
        for index, layer in enumerate(given.layers):
            for name, value in layer._asdict().items():
                each = [np.asarray(getattr(x.layers[index], name)) for x in members]
                expected = np.average(each, axis=0, weights=weights)
                np.testing.assert_allclose(value, expected, atol=1e-9)
        assert [float(x[STEP]) for x in given.state] == [step] * len(given.state)
    after = BaseTrainer(rule, base)(*arguments, batch_size=len(rows), progress=False)
    assert_trees_close(after[0], passed[-1], atol=1e-9)
    assert not np.allclose(after[0].layers[0].kernel, found[STEPS][0].layers[0].kernel)


def test_a_function_says_the_same(problem):
    rule, base, phi, rows = problem
    found = lu.train_base_model(
        rule, base, phi, rows, 4, batch_size=5, seed=3, progress=False, average=True
    )
    (expected,) = BaseTrainer(rule, base, average=True)(
        [phi], [rows], 4, batch_size=5, seeds=[3], progress=False
    )
    assert_trees_close(found, expected, atol=0)
    assert ops.dtype(found.layers[0].kernel) == "float64"
