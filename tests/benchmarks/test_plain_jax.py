"""The neuron-local yardstick is the package's meta-gradient, in float64."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]


def test_meta_gradient():
    pytest.importorskip("jax", reason="JAX is not installed")
    environment = {
        **os.environ,
        "KERAS_BACKEND": "jax",
        "JAX_ENABLE_X64": "1",
        "JAX_PLATFORMS": "cpu",
        "JAX_DISABLE_MOST_OPTIMIZATIONS": "1",  # compiles faster
        "PYTHONPATH": str(ROOT),
    }
    script = pathlib.Path(__file__).with_name("plain_jax_pair.py")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(script)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    errors = json.loads(done.stdout.splitlines()[-1])
    assert {"loss", "phi 0 feedback", "gradient coefficients"} < errors.keys()
    assert {name: error for name, error in errors.items() if not error < 1e-9} == {}
