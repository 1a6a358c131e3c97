"""How much memory a run needs does not depend on how long its unrolls are."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]
SECONDS = 900
INNER_STEPS = 2000  # of every run whose unrolls are compared
TRUNCATION = 10


def measured(backend, *numbers):
    """What `peak_memory.py` says of these numbers."""
    done = subprocess.run(
        [
            *(sys.executable, "-W", "ignore", "-m", "tests.training.peak_memory"),
            *map(str, numbers),
        ],
        env={
            **os.environ,
            "KERAS_BACKEND": backend,
            "PYTHONPATH": str(ROOT),
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "MALLOC_ARENA_MAX": "1",  # or threads keep what they have freed
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    print(backend, *numbers, found)
    return found


@pytest.mark.parametrize("backend", ["jax", "tensorflow"])
def test_unrolls_of_any_length_need_the_same(backend):
    peaks = {}
    for unroll in (20, 200, 2000):
        found = measured(backend, TRUNCATION, unroll, INNER_STEPS // TRUNCATION, 4, 16)
        peaks[unroll] = found["peak"]
        assert found["begun"] >= 4 * INNER_STEPS // unroll - 4
    assert max(peaks.values()) <= 1.05 * min(peaks.values()), peaks


@pytest.mark.parametrize("backend", ["jax", "tensorflow"])
def test_twenty_inner_steps_need_at_most_twice_what_one_needs(backend):
    """Beyond what the process holds before; on JAX also by the compiler."""
    one, twenty = (measured(backend, length, 100, 1, 8, 64) for length in (1, 20))
    assert twenty["peak"] - twenty["before"] <= 2 * (one["peak"] - one["before"])
    if backend == "jax":
        assert twenty["compiled"] <= 2 * one["compiled"]
