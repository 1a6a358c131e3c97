"""Estimators in the trainer: chosen by name, drawn for, resumed exactly."""

import functools

import gin
import numpy as np
import pytest

import learned_update as lu
from learned_update.meta.estimators.antithetic import Pair
from learned_update.meta.estimators.truncated_backpropagation import (
    TruncatedBackpropagation,
)
from learned_update.training import (
    Schedule,
    estimators,
    restore_checkpoint,
    save_checkpoint,
)
from tests.training import small_run

NAMES = (
    "truncated_backpropagation",
    "full_backpropagation",
    "truncated_es",
    "persistent_es",
    "single_es",
    "mixture",
)


@pytest.mark.parametrize("name", NAMES)
def test_gin_finds_them(name):
    gin.clear_config()
    short = Schedule(truncation_lengths=(4,), unroll_lengths=(4, 4))
    estimator = gin.get_configurable(f"learned_update.{name}")(0.3, "steps", short)
    assert estimator.clip_norm == 0.3
    assert estimator.perturbs == (not name.endswith("backpropagation"))
    gin.clear_config()


def test_full_backpropagation_needs_short_unrolls():
    message = "truncations of whole unrolls.*truncation_lengths=.6, 8, 10.*20, 20"
    with pytest.raises(ValueError, match=message):
        estimators.full_backpropagation(0.3, "steps", Schedule())
    short = Schedule(truncation_lengths=(20,), unroll_lengths=(10, 20))
    assert estimators.full_backpropagation(
        0.3, "none", short
    ) == TruncatedBackpropagation(0.3, "none")


@pytest.mark.parametrize("name", ["truncated_es", "persistent_es", "single_es"])
@pytest.mark.parametrize("sigma", [0.0, -1.0, float("nan")])
def test_a_perturbation_of_nothing(name, sigma):
    with pytest.raises(ValueError, match=f"Theta is not perturbed.*sigma={sigma}"):
        getattr(estimators, name)(0.3, "steps", Schedule(), sigma=sigma)


def test_no_pairs():
    with pytest.raises(ValueError, match="differences of. Expected: pairs >= 1"):
        estimators.mixture(0.3, "steps", Schedule(), pairs=0)


def test_noise_is_drawn_anew_for_every_truncation_and_slot():
    estimator = functools.partial(estimators.persistent_es, pairs=3)
    run = small_run.trainer(lu.UpdateRule(), estimator=estimator)
    state = run.initial_state()
    first, again = (run.draw(state).groups[0].noise for _ in range(2))
    later = run.draw(run.advance(state)[0]).groups[0].noise
    variables = run.rule.trainable_variables
    for a, b, c, variable in zip(first, again, later, variables, strict=True):
        assert a.shape == (2, 3, *variable.shape)
        np.testing.assert_array_equal(a, b)
        assert not np.array_equal(a, c)
        assert not np.array_equal(a[0], a[1])
        assert not np.array_equal(a[0, 0], a[0, 1])
    drawn = np.concatenate([np.ravel(x) for x in first])
    assert abs(drawn.mean()) < 5 / np.sqrt(drawn.size)
    assert abs(drawn.std() - 1) < 5 / np.sqrt(2 * drawn.size)


def test_a_run_with_perturbations_goes_on_exactly(tmp_path):
    estimator = functools.partial(estimators.persistent_es, pairs=2)
    run = small_run.trainer(estimator=estimator, clip_norm=1.0)
    state = run.initial_state()
    for _ in range(2):
        state, _ = run.step(state)
    carried = state.groups[0].phi
    assert isinstance(carried, Pair)
    assert any(np.asarray(part).any() for part in carried.perturbation)
    path = save_checkpoint(tmp_path, run, state)
    for _ in range(2):
        state, metrics = run.step(state)
    expected, norm = run.rule.get_weights(), metrics["gradient_norm"]
    restored = restore_checkpoint(path, run)
    for _ in range(2):
        restored, metrics = run.step(restored)
    assert metrics["gradient_norm"] == norm > 0
    for a, b in zip(expected, run.rule.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
