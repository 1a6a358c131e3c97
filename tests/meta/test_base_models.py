"""Unrolls of convolutions and attention: gradients, the compiled loop, backends."""

import os
import pathlib
import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import ops

import learned_update as lu
from learned_update.meta import BaseTrainer
from tests.meta.base_model_problems import PROBLEMS, STEPS, Problem, inner_steps
from tests.rules_and_bases import assert_trees_close

ROOT = pathlib.Path(__file__).parents[2]
STEP, TOLERANCE = 1e-6, 1e-6  # of the norm of the gradient
on_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="eager unrolls take long on JAX"
)


@on_tensorflow
@pytest.mark.parametrize("name", PROBLEMS)
def test_meta_gradient_against_finite_differences(name):
    """Along the gradient of all of theta, and along directions of no account."""
    problem = Problem(name)
    gradient = problem.gradient()
    norm = np.sqrt(sum(np.sum(g**2) for g in gradient))
    assert norm > 1e-3
    rng = np.random.default_rng(5)
    directions = [gradient, [rng.normal(size=g.shape) for g in gradient]]
    for direction in directions:
        length = np.sqrt(sum(np.sum(d**2) for d in direction))
        values = [
            float(
                problem.loss(
                    [
                        theta + sign * STEP / length * d
                        for theta, d in zip(problem.theta, direction, strict=True)
                    ]
                )[0]
            )
            for sign in (1.0, -1.0)
        ]
        slope = sum(np.sum(g * d) for g, d in zip(gradient, direction, strict=True))
        measured = (values[0] - values[1]) / (2 * STEP)
        assert abs(measured - slope / length) < TOLERANCE * norm


@on_tensorflow
def test_the_compiled_vectorised_loop_is_the_eager_one():
    assert_compiled_is_eager("conv")


@on_tensorflow
def test_long_compiled_loop_of_attention():
    assert_compiled_is_eager("attention")


def assert_compiled_is_eager(name):
    """Two base models side by side, as `BaseTrainer` and the meta-trainer do it."""
    problem = Problem(name)
    phi = problem.phi
    data = problem.batches[0]
    for _ in range(STEPS):
        phi = lu.inner_step(problem.rule, problem.base, phi, data)
    trainer = BaseTrainer(problem.rule, problem.base)
    others = trainer(
        [problem.phi, problem.base.init_phi(40, 7)],
        [data, data[::-1]],
        STEPS,
        batch_size=len(data),
        seeds=(0, 1),
        progress=False,
    )
    assert_trees_close(others[0], phi, atol=1e-9)
    assert not np.allclose(
        ops.convert_to_numpy(others[1].layers[0].kernel), phi.layers[0].kernel
    )


def test_long_both_backends_agree(tmp_path):
    pytest.importorskip("jax", reason="JAX is not installed")
    environment = {
        **os.environ,
        "KERAS_BACKEND": "jax",
        "JAX_ENABLE_X64": "1",
        "JAX_PLATFORMS": "cpu",
        "PYTHONPATH": str(ROOT),
    }
    path = tmp_path / "jax.npz"
    subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.meta.base_model_problems", path],
        env=environment,
        cwd=ROOT,
        check=True,
        timeout=300,
    )
    on_jax = np.load(path)
    for name, found in inner_steps().items():
        np.testing.assert_allclose(found, on_jax[name], atol=1e-10, rtol=0)
