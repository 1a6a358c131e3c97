"""One compiled truncation for all lengths: what is beyond one is as if not there."""

import keras
import numpy as np
import pytest
from keras import ops

from learned_update import backend
from learned_update.layers import local_rule
from learned_update.meta import TruncatedStep, meta_gradient
from learned_update.training import cosine_objective
from learned_update.types import TruncationData
from tests.rules_and_bases import base_and_phi, perturbed
from tests.training import small_run

LONGEST = 4


@pytest.fixture(scope="module")
def problem():
    """Step, theta, phi and data of two tasks in float64; the step counts its traces."""
    rule = perturbed(local_rule("oja", dtype="float64"))
    base, phi = base_and_phi(rule, units=(5,))
    tasks = small_run.tasks()
    drawn = [tasks.draw_task(np.random.default_rng(i)) for i in range(2)]
    batches = [
        tasks.draw_batch(np.random.default_rng(7), task, LONGEST, 8) for task in drawn
    ]
    data = TruncationData(
        keras.tree.map_structure(ops.convert_to_tensor, tasks.resident()),
        keras.tree.map_structure(
            lambda *x: ops.convert_to_tensor(np.stack(x)), *[t.input_map for t in drawn]
        ),
        keras.tree.map_structure(
            lambda *x: ops.convert_to_tensor(np.stack(x, axis=1)), *batches
        ),
    )
    phi = keras.tree.map_structure(lambda x: ops.stack([x, x]), phi)
    theta = [ops.convert_to_tensor(v) for v in rule.trainable_variables]
    step = TruncatedStep(rule, base, cosine_objective(), tasks.episode)
    return step, theta, phi, data


@pytest.mark.parametrize("rematerialise", backend.REMATERIALISE)
def test_one_trace_for_three_lengths_each_as_a_shorter_scan(problem, rematerialise):
    step, theta, phi, data = problem
    traces = []

    def gradient(theta, phi, data):
        traces.append(1)
        return meta_gradient(step, theta, phi, data, 0.3, rematerialise)

    def whole(theta, phi, batch):
        cut = data._replace(batch=batch, steps=None)
        return meta_gradient(step, theta, phi, cut, 0.3, rematerialise)

    compiled = backend.jit(gradient, xla=False)
    shorter = backend.jit(whole, free={2: (0,)}, xla=False)
    lengths = (4, 2, 1)
    results = [
        compiled(theta, phi, data._replace(steps=ops.convert_to_tensor(np.int32(k))))
        for k in lengths
    ]
    assert len(traces) == 1
    for length, result in zip(lengths, results, strict=True):
        cut = keras.tree.map_structure(lambda x, k=length: x[:k], data.batch)
        expected = shorter(theta, phi, cut)
        for a, b in zip(
            keras.tree.flatten(result), keras.tree.flatten(expected), strict=True
        ):
            np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)
