"""Outer steps compiled for TPUs, and what is said of them."""

import importlib.util
from types import SimpleNamespace

import gin
import pytest

from learned_update.benchmarks import processes
from learned_update.benchmarks.ahead_of_time.largest_bucket import largest_bucket
from learned_update.benchmarks.reports import tables
from learned_update.cli.verbs.benchmark import WITHOUT_TPU

tpu = pytest.importorskip("learned_update.benchmarks.ahead_of_time.tpu")

TINY = (
    "UNITS = (8, 4)",
    "task_group.slots = 4",
    "task_group.batch_size = 8",
    "task_distribution.channels = 1",
    "Schedule.truncation_lengths = (2,)",
)


@pytest.fixture(autouse=True)
def _clean_gin():
    gin.clear_config()
    yield
    gin.clear_config()


def test_largest_bucket_of_the_paper():
    """Of 16 shapes that with the most work; no data set is read."""
    trainer = largest_bucket(["experiments/paper.gin"], ["sampled_groups.slots = 2"])
    (group,) = trainer.groups
    assert group.base.units == (384, 384, 32)
    assert group.batch_size == 122
    assert group.slots == 2
    assert group.tasks.input_dim == 16 * 16 * 3
    assert len(group.tasks.episode.regression_targets) > 0
    assert trainer.schedule.truncation_lengths == (6, 8, 10)


def test_files_without_a_run():
    with pytest.raises(ValueError, match="configure no meta-training run") as caught:
        largest_bucket(["rule/neuron_local.gin", "tasks/digits.gin"], [])
    assert "experiments/paper.gin" in str(caught.value)


def test_memory():
    """A result in an argument's place is counted once; two cores share a chip."""
    analysis = SimpleNamespace(
        argument_size_in_bytes=3e9,
        output_size_in_bytes=2e9,
        alias_size_in_bytes=1.5e9,
        temp_size_in_bytes=4e9,
        generated_code_size_in_bytes=1e8,
    )
    said = tpu.memory(analysis, devices_per_chip=2)
    assert said["memory_gib"] == pytest.approx(2 * (3 + 0.5 + 4 + 0.1) * 1e9 / 2**30)
    assert said["temporaries_gib"] == pytest.approx(8e9 / 2**30)


def test_what_runs_on_the_host():
    program = """
      %dot = f32[8,8]{1,0:T(8,128)S(1)} dot(%a, %b)
      %call = f32[8] custom-call(%x), custom_call_target="xla_ffi_python_cpu_callback"
      %send = (f32[8], u32[]) send(%x, %token), channel_id=2, is_host_transfer=true
      %kept = f32[8]{0:T(128)S(5)} copy(%x)
      %fed = ((f32[8]), token[]) infeed(%token)
    """
    assert tpu.on_host(program) == [
        "S(5)",
        "infeed",
        "is_host_transfer=true",
        "xla_ffi_python_cpu_callback",
    ]
    assert tpu.on_host(program.splitlines()[1]) == []


def test_compiler_is_not_installed(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"pip install \"learned-update\[tpu\]\""):
        tpu.compile_for("v5e:2x2", None, 1)


def test_tasks_that_cannot_be_shared_out(monkeypatch):
    monkeypatch.setattr(tpu, "_devices", lambda topology: [None] * 4)
    trainer = SimpleNamespace(groups=[SimpleNamespace(slots=6)])
    with pytest.raises(ValueError, match="a multiple of 4 devices. Received: 6 tasks"):
        tpu.compile_for("v5e:2x2", trainer, 1)


@pytest.fixture
def compiler():
    pytest.importorskip("libtpu", reason="the TPU's compiler is not installed")


def _compiled(topology):
    return processes.ask(
        "ahead of time",
        "jax",
        WITHOUT_TPU,
        topology=topology,
        gin_files=["experiments/quickstart.gin"],
        parameters=TINY,
        examples=1000,
    )


@pytest.mark.parametrize(
    ("topology", "kind"),
    [("v5e:2x2", "TPU v5 lite"), ("v4:2x2x1", "TPU v4"), ("v6e:2x2", "TPU v6 lite")],
)
def test_compiles_without_a_tpu(compiler, topology, kind):
    said = _compiled(topology)
    assert said["chips"] == 4
    assert said["tasks"] == 4
    assert said["units"] == [8, 4]
    assert said["on_host"] == []
    assert 1000 * 64 / 2**30 < said["memory_gib"] < 16
    assert said["flops"] > 0
    text = tables.ahead_of_time(said)
    assert f"{topology}: 4 chips, {kind}" in text
    assert "on the host: nothing" in text


def test_unknown_topology(compiler):
    with pytest.raises(ValueError, match=r"knows no TPUs .*v5e:2x2.*'v5x:2x2'"):
        _compiled("v5x:2x2")
