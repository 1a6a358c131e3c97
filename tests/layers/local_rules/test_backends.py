"""The trainer differentiates every local rule, alike on both backends."""

import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

from learned_update.layers import LOCAL_RULES

ROOT = pathlib.Path(__file__).parents[3]
TOLERANCE = 1e-7  # of the largest entry


def gradients(backend, path):
    environment = {
        **os.environ,
        "KERAS_BACKEND": backend,
        "JAX_ENABLE_X64": "1",
        "JAX_PLATFORMS": "cpu",
        "PYTHONPATH": str(ROOT),
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    script = pathlib.Path(__file__).with_name("meta_gradients.py")
    command = [sys.executable, "-W", "ignore", str(script), str(path)]
    subprocess.run(command, env=environment, check=True)
    return np.load(path)


def test_meta_gradients_of_the_trainer(tmp_path):
    pytest.importorskip("jax", reason="JAX is not installed")
    found = gradients("tensorflow", tmp_path / "tensorflow.npz")
    other = gradients("jax", tmp_path / "jax.npz")
    assert {key.rsplit("_", 1)[0] for key in found.files} == set(LOCAL_RULES)
    for name in LOCAL_RULES:
        keys = [key for key in found.files if key.rsplit("_", 1)[0] == name]
        largest = max(np.abs(found[key]).max() for key in keys)
        assert largest > 1e-9, name
        for key in keys:
            np.testing.assert_allclose(
                other[key], found[key], rtol=0, atol=TOLERANCE * largest, err_msg=key
            )
