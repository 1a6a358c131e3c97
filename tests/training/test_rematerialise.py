"""What is computed again is chosen by the memory of the device."""

import importlib
import types

import numpy as np
import pytest

import learned_update as lu
from learned_update import backend
from learned_update.training.outer_steps import memory
from tests.training import small_run


def kept(run):
    """Bytes that the gradient of an inner step of a run keeps."""
    step = run._outer_step.truncated_step(
        base=run.groups[0].base, episode=run.groups[0].tasks.episode
    )
    arguments = memory._inner_step_arguments(run.groups[0], step)
    return backend.kept_bytes(*arguments, "none")


def chosen(monkeypatch, run, bytes_):
    monkeypatch.setattr(backend, "memory_bytes", lambda: bytes_)
    return memory.policy_by_memory(
        run.groups, run._outer_step.truncated_step, run.devices
    )


def test_by_memory(monkeypatch):
    run = small_run.trainer()
    bytes_ = kept(run)
    longest = max(run.schedule.truncation_lengths)
    whole = bytes_ * longest / memory.SHARE
    assert chosen(monkeypatch, run, whole) == "none"
    assert chosen(monkeypatch, run, whole - 2 * longest) != "none"
    assert chosen(monkeypatch, run, 1) == "steps"


def test_unit_states_are_kept():
    """The states of all units alone are more than phi, which `"steps"` keeps."""
    run = small_run.trainer(lu.UpdateRule(seed=1))
    group = run.groups[0]
    states = 4 * memory._unit_states(group)  # bytes of one channel
    assert kept(run) > 10 * states


def test_what_jax_keeps():
    """Of tanh(w x) x and tanh(w x), or with dots the product w x, too."""
    pytest.importorskip("jax")
    engine = importlib.import_module("learned_update.backend.jax_memory")
    import jax.numpy as jnp

    x = jnp.ones((3, 5))

    def function(w):
        return jnp.sum(jnp.tanh(w @ x))

    arguments = (jnp.ones((2, 3)),)
    none = engine.kept_bytes(function, arguments, "none")
    dots = engine.kept_bytes(function, arguments, "dots")
    assert engine.kept_bytes(function, arguments, "steps") == 0
    assert 4 * (10 + 15) <= none <= 4 * (2 * 10 + 15 + 6)
    assert 4 * 10 <= dots <= 4 * (2 * 10 + 15 + 6)


def test_memory_is_that_of_the_machine():
    bytes_ = backend.memory_bytes()
    assert isinstance(bytes_, int)
    assert 1e8 < bytes_ < 1e14


def test_largest_group_decides(monkeypatch):
    run = small_run.trainer()
    asked = []
    monkeypatch.setattr(
        memory,
        "_inner_step_arguments",
        lambda group, step: asked.append(group) or (None, ()),
    )
    monkeypatch.setattr(backend, "kept_bytes", lambda *_: 0)
    small, large = (run.groups[0]._replace(slots=slots) for slots in (2, 5))
    make = lambda **_: types.SimpleNamespace()  # noqa: E731
    assert memory.policy_by_memory([small, large], make, run.devices) == "none"
    assert asked == [large]


def test_auto_trains(monkeypatch):
    """The trainer takes the policy that was chosen."""
    monkeypatch.setattr(
        "learned_update.training.trainer.policy_by_memory", lambda *_: "none"
    )
    run = small_run.trainer(rematerialise="auto")
    assert run._outer_step.estimator.rematerialise == "none"


def test_precisions_that_there_are():
    with pytest.raises(ValueError, match="float32, tf32, bfloat16.*'half'"):
        small_run.trainer(precision="half")
    run = small_run.trainer(precision="bfloat16")
    step = run._outer_step.truncated_step(base=None, episode=None)
    assert step.precision == "bfloat16"
    assert np.all([variable.dtype == "float32" for variable in run.rule.variables])
