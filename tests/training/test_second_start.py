"""What one process has compiled, the next one loads."""

import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]
PROGRAM = """
import collections, sys
import jax
from learned_update import backend

counts = collections.Counter()
jax.monitoring.register_event_listener(lambda event, **_: counts.update([event]))
backend.keep_compiled(sys.argv[1])
function = backend.jit(lambda x: (x @ x).sum())
print(float(function(jax.numpy.ones((8, 8)))))
print(counts["/jax/compilation_cache/cache_hits"] > 0)
print(counts["/jax/compilation_cache/cache_misses"])
"""


def test_a_second_start_compiles_nothing(tmp_path):
    pytest.importorskip("jax", reason="JAX is not installed")
    environment = {
        **os.environ,
        "KERAS_BACKEND": "jax",
        "PYTHONPATH": str(ROOT),
    }
    environment.pop("JAX_COMPILATION_CACHE_DIR", None)
    said = [
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", PROGRAM, str(tmp_path)],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for _ in range(2)
    ]
    (first, hit, misses), (second, hit_again, missed_again) = said
    assert first == second == "512.0"
    assert hit == "False"
    assert int(misses) > 0
    assert hit_again == "True"
    assert missed_again == "0"
