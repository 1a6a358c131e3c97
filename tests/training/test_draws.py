"""What is drawn is the same in every process, after restarts, on every backend."""

import os
import pathlib
import subprocess
import sys

import keras
import pytest

from learned_update.training import restore_checkpoint, save_checkpoint
from tests.training import draws

ROOT = pathlib.Path(__file__).parents[2]


@pytest.fixture(scope="module")
def expected():
    return draws.digests()


def test_another_process_draws_the_same(expected):
    """On the other backend, with other hashes of text."""
    backend = "jax" if keras.backend.backend() == "tensorflow" else "tensorflow"
    pytest.importorskip(backend)
    environment = {
        **os.environ,
        "KERAS_BACKEND": backend,
        "PYTHONPATH": str(ROOT),
        "PYTHONHASHSEED": "5",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    command = [sys.executable, "-W", "ignore", "-m", "tests.training.draws"]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.split() == expected


def test_all_outer_steps_differ(expected):
    assert len(set(expected)) == draws.OUTER_STEPS


def test_a_restart_at_any_step_draws_the_same(expected, tmp_path):
    run = draws.trainer()
    state = run.initial_state()
    for step in range(draws.OUTER_STEPS):
        path = save_checkpoint(tmp_path, run, state)
        restarted = draws.trainer()
        state = restore_checkpoint(path, restarted)
        assert state.outer_step == step
        state, drawn = draws.outer_step(restarted, state)
        assert draws.digest(drawn) == expected[step]
        run = restarted
