"""The trainer on JAX, without TensorFlow, agrees with the one on TensorFlow."""

import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

import learned_update as lu

ROOT = pathlib.Path(__file__).parents[2]
TOLERANCE = 1e-8


def run(backend, folder):
    environment = {
        **os.environ,
        "KERAS_BACKEND": backend,
        "JAX_ENABLE_X64": "1",
        "JAX_PLATFORMS": "cpu",
        "PYTHONPATH": str(ROOT),
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    script = pathlib.Path(__file__).with_name("five_outer_steps.py")
    command = [sys.executable, "-W", "ignore", str(script), str(folder)]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    pytest.importorskip("jax", reason="JAX is not installed")
    paths = {x: tmp_path_factory.mktemp(x) for x in ("tensorflow", "jax")}
    processes = {backend: run(backend, path) for backend, path in paths.items()}
    for backend, process in processes.items():
        _, errors = process.communicate(timeout=500)
        assert process.returncode == 0, f"{backend}: {errors[-3000:]}"
    return paths


def test_five_outer_steps_agree(folders):
    results = {b: np.load(path / "results.npz") for b, path in folders.items()}
    assert len(results["jax"]["losses"]) == 5
    for name in results["jax"].files:
        np.testing.assert_allclose(
            results["jax"][name],
            results["tensorflow"][name],
            rtol=0,
            atol=TOLERANCE,
            err_msg=name,
        )


def test_a_rule_saved_on_jax_loads_on_tensorflow(folders):
    rule = lu.load_rule(folders["jax"])
    theta = np.load(folders["jax"] / "results.npz")
    for index, value in enumerate(rule.get_weights()):
        np.testing.assert_array_equal(value, theta[f"theta_{index}"])
