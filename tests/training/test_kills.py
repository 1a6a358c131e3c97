"""A run that is killed 20 times is the run that nothing happened to, bit for bit."""

import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys

import pytest

from learned_update.run_metrics import read_metrics
from learned_update.training import checkpoints, read_checkpoint
from tests.training import killed_run

ROOT = pathlib.Path(__file__).parents[2]
SECONDS = 600
KILLS = 20
WRITING = ("writing", "renaming", "writing", "logging")
SAID = ("outer_step", "meta_loss", "gradient_norm", "query_accuracy", "resets")


def start(backend, run_dir, where="never", at=0):
    """The exit status of a process that goes on with a run, and what it said."""
    done = subprocess.run(
        [
            *(sys.executable, "-W", "ignore", "-m", "tests.training.killed_run"),
            *(str(run_dir), where, str(at)),
        ],
        env={
            **os.environ,
            "KERAS_BACKEND": backend,
            "JAX_PLATFORMS": "cpu",
            "XLA_FLAGS": "--xla_backend_optimization_level=0",  # compiles faster
            "PYTHONPATH": str(ROOT),
            "TF_CPP_MIN_LOG_LEVEL": "3",
        },
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        timeout=SECONDS,
    )
    return done.returncode, done.stderr


def outer_step(run_dir):
    rows = read_metrics(run_dir)
    return rows[-1]["outer_step"] if rows else 0


def assert_same(run_dir, expected):
    """Metrics and all arrays of the last checkpoint, theta among them."""
    rows, others = (
        [[row[name] for name in SAID] for row in read_metrics(path)]
        for path in (run_dir, expected)
    )
    assert rows == others
    assert len(rows) == killed_run.OUTER_STEPS
    arrays, others = (
        read_checkpoint(checkpoints(path / "checkpoints")[-1])
        for path in (run_dir, expected)
    )
    assert arrays.keys() == others.keys()
    for name, array in arrays.items():
        assert array.tobytes() == others[name].tobytes(), name


@pytest.fixture(scope="module", params=["jax", "tensorflow"])
def whole(request, tmp_path_factory):
    """The backend, and the folder of a run that nothing happens to."""
    folder = tmp_path_factory.mktemp(request.param) / "whole"
    status, said = start(request.param, folder)
    assert status == 0, said[-3000:]
    return request.param, folder


def death(rng, done):
    """Where and when the next process dies, which goes on after `done` outer steps."""
    last, every = killed_run.OUTER_STEPS, killed_run.EVERY
    where = rng.choice(("starting", "seconds", "seconds", *WRITING))
    following = (done // every + rng.randint(1, 2)) * every
    if where == "seconds":
        return where, rng.uniform(0.0, 0.3)
    if where in WRITING and following <= last:
        return where, following
    return rng.choice([("starting", 0), ("logging", min(done + 1, last))])


def test_kills(whole, tmp_path):
    backend, expected = whole
    run_dir, rng, deaths = expected.with_name("killed"), random.Random(5), []
    while len(deaths) < KILLS:
        saved = checkpoints(run_dir / "checkpoints")
        done = int(saved[-1].stem[-8:]) if saved else 0
        where, at = death(rng, done)
        status, said = start(backend, run_dir, where, at)
        assert status == -signal.SIGKILL, said[-3000:]
        assert "Traceback" not in said
        deaths.append((where, at, outer_step(run_dir)))
        print(backend, len(deaths), *deaths[-1])
    copied = shutil.copytree(run_dir, tmp_path / "copied")
    for folder in (run_dir, copied):
        status, said = start(backend, folder)
        assert status == 0, said[-3000:]
        assert_same(folder, expected)
        assert not [
            path
            for path in folder.rglob(".*")
            if path.name != ".lock"  # no temporaries
        ]
    assert len(deaths) == KILLS


@pytest.mark.parametrize(("where", "status"), [("terminated", 143), ("twice", -15)])
def test_termination(whole, where, status):
    backend, expected = whole
    run_dir = expected.with_name(where)
    assert start(backend, run_dir, where, 30)[0] == status
    assert outer_step(run_dir) == (31 if where == "terminated" else 29)
    if where == "terminated":
        assert checkpoints(run_dir / "checkpoints")[-1].stem.endswith("31")
    assert start(backend, run_dir)[0] == 0
    assert_same(run_dir, expected)
