"""Meta-training on a mixture: an MLP and a convolutional network share one theta."""

import numpy as np
import pytest

import learned_update as lu
from learned_update.layers import BASE_FORMS
from learned_update.training import MetaTrainer, TaskGroup
from learned_update.training.outer_steps.compiled import _kind
from tests.training import small_run


def mixture():
    """A meta-trainer of two groups of one task each, both with two layers."""
    form = BASE_FORMS["conv"]()
    groups = [
        TaskGroup(small_run.tasks(), (5, 3), slots=1, batch_size=8),
        TaskGroup(small_run.tasks(), (4, 3), slots=1, batch_size=6, base=form),
    ]
    return MetaTrainer(
        lu.UpdateRule(seed=1), groups, schedule=small_run.SCHEDULE, seed=3
    )


def test_groups_have_base_models_of_their_form():
    bases = [group.base for group in mixture().groups]
    assert isinstance(bases[0], lu.BaseMLP)
    assert bases[1].image_shape == (3, 3, 1)
    assert bases[1].kernel_sizes == (1, None)
    assert bases[1].epsilon == bases[0].epsilon


def test_only_base_models_of_one_form_share_what_is_compiled():
    perceptron, convolution = mixture().groups
    narrower = TaskGroup(small_run.tasks(), (4, 2), slots=1, batch_size=6)
    (narrower,) = MetaTrainer(lu.UpdateRule(seed=1), [narrower]).groups
    assert _kind(perceptron)[:3] == _kind(narrower)[:3]
    assert _kind(perceptron)[:3] != _kind(convolution)[:3]


def test_a_name_is_no_form():
    with pytest.raises(ValueError, match=r"task_group\.base = @mlp_base\(\)"):
        MetaTrainer(lu.UpdateRule(), [TaskGroup(small_run.tasks(), (5,), base="conv")])


def test_long_outer_steps_of_the_mixture():
    trainer = mixture()
    state = trainer.initial_state()
    before = trainer.rule.get_weights()
    for _ in range(2):
        state, metrics = trainer.step(state)
    assert np.isfinite(metrics["meta_loss"])
    assert metrics["skipped"] == 0
    moved = [
        np.abs(a - b).max()
        for a, b in zip(trainer.rule.get_weights(), before, strict=True)
    ]
    assert max(moved) > 1e-4
    kernels = [np.asarray(group.phi.layers[0].kernel) for group in state.groups]
    assert kernels[1].shape == (1, 1, 4)
    assert all(np.isfinite(kernel).all() for kernel in kernels)
