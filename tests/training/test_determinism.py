"""`--deterministic`: the same command gives the same bits."""

import os
import pathlib
import subprocess
import sys

import pytest

from learned_update import keras_backend
from learned_update.run_metrics import read_metrics, read_origins
from learned_update.training import checkpoints, read_checkpoint

ROOT = pathlib.Path(__file__).parents[2]
SECONDS = 600
UNREPEATABLE = ("seconds", "cpu_seconds", "peak_memory_gb")  # metrics
BINDINGS = (
    "task_distribution.datasets = ('glyphs/greek',)",
    "task_group.slots = 3",
    "meta_train.outer_steps = 6",
    "adam.outer_steps = 6",
    "meta_train.held_out = ()",
    "meta_train.tensorboard = False",
    "meta_train.compilation_cache = ''",
    "experiment.report = None",
)


def test_flags_are_added_to_those_that_are_there(monkeypatch):
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        monkeypatch.setenv(name, "7")
    monkeypatch.setenv("XLA_FLAGS", "--xla_backend_optimization_level=0")
    assert not keras_backend.is_deterministic()
    keras_backend.ask_for_determinism()
    keras_backend.ask_for_determinism()
    assert os.environ["XLA_FLAGS"].split() == [
        "--xla_backend_optimization_level=0",
        "--xla_gpu_deterministic_ops=true",
        "--xla_cpu_multi_thread_eigen=false",
    ]
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1"
    assert keras_backend.is_deterministic()


def train(backend, run_dir, cores):
    arguments = [
        *("train", "--gin_file", "experiments/quickstart.gin", "--deterministic"),
        *("--run_dir", str(run_dir)),
        *(part for binding in BINDINGS for part in ("--gin_param", binding)),
    ]
    program = (
        f"import os; os.sched_setaffinity(0, {cores}); import sys; "
        "from learned_update.cli.main import main; sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, *arguments],
        env={
            **os.environ,
            "KERAS_BACKEND": backend,
            "PYTHONPATH": str(ROOT),
            "TF_CPP_MIN_LOG_LEVEL": "3",
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    rows = [
        {name: value for name, value in row.items() if name not in UNREPEATABLE}
        for row in read_metrics(run_dir)
    ]
    arrays = read_checkpoint(checkpoints(run_dir / "checkpoints")[-1])
    return rows, {name: array.tobytes() for name, array in arrays.items()}


@pytest.mark.parametrize("backend", ["jax", "tensorflow"])
def test_two_processes_agree_to_the_bit(backend, tmp_path):
    """On all cores, and on one alone, as when others are at work."""
    cores = sorted(os.sched_getaffinity(0))
    first = train(backend, tmp_path / "first", cores)
    second = train(backend, tmp_path / "second", cores[:1])
    assert len(first[0]) == 6
    assert first[0] == second[0]
    assert first[1] == second[1]
    assert read_origins(tmp_path / "first")[0]["deterministic"] is True
