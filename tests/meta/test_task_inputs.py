"""What augmented and permuted tasks make of a truncated unroll."""

import keras
import numpy as np
import pytest
from keras import ops

from learned_update import backend
from learned_update.data import Augmentation, InputMapDistribution, TaskDistribution
from learned_update.layers import local_rule
from learned_update.meta import TruncatedStep, inner_step, truncated_unroll
from learned_update.ops.augmentation import augment
from learned_update.ops.input_maps import apply_input_map
from learned_update.randomness import generator
from learned_update.training import cosine_objective
from learned_update.types import LayerParams, Phi, PixelMap, TruncationData
from tests.rules_and_bases import base_and_phi, perturbed
from tests.training import small_run

STEPS, BATCH = 3, 8
AUGMENTATION = Augmentation(rotation=20, shift=0.3, noise=0.2, noise_images=7)


def one_task(tree):
    return keras.tree.map_structure(lambda x: ops.convert_to_tensor(x)[None], tree)


def distribution(**options):
    return TaskDistribution([small_run.images()], ways=3, shots=3, queries=3, **options)


def unroller(rule, base, tasks, targets=None, weight=1.0):
    """A compiled function of phi and input map: `Truncation` of one task."""
    task = tasks.draw_task(generator(0))
    batch = tasks.draw_batch(generator(1), task, STEPS, BATCH)
    resident = keras.tree.map_structure(ops.convert_to_tensor, tasks.resident())
    batch = keras.tree.map_structure(lambda x: ops.convert_to_tensor(x)[:, None], batch)
    episode = tasks.episode
    if targets is not None:
        episode = episode._replace(regression_targets=targets)
    objective = cosine_objective(regression_weight=weight)
    step = TruncatedStep(rule, base, objective, episode)
    theta = one_task([v.value for v in rule.trainable_variables])

    @backend.jit
    def unrolled(phi, input_map):
        data = TruncationData(resident, input_map, batch)
        return truncated_unroll(step, theta, phi, data)

    return lambda phi, input_map: unrolled(one_task(phi), one_task(input_map))


@pytest.mark.parametrize("augmentation", [None, AUGMENTATION], ids=["plain", "moved"])
def test_permuted_and_unpermuted_tasks_have_the_same_meta_loss(augmentation):
    rule = perturbed(local_rule("oja", dtype="float64"))  # any: this compiles quickly
    base, phi = base_and_phi(rule, units=(6, 5))
    order = np.random.default_rng(2).permutation(9).astype("int32")
    bottom = LayerParams(
        kernel=ops.take(phi.layers[0].kernel, order, axis=0),
        bias=phi.layers[0].bias,
        feedback=ops.take(phi.layers[0].feedback, order, axis=0),
    )
    permuted_phi = Phi(layers=(bottom, *phi.layers[1:]))
    tasks = distribution(augmentation=augmentation)
    plain = PixelMap(np.zeros(9), np.ones(9), np.arange(9, dtype="int32"))
    unrolled, losses, kernels = unroller(rule, base, tasks), [], []
    for start, input_map in (
        (phi, plain),
        (permuted_phi, plain._replace(order=order)),
        (phi, plain._replace(order=order)),
    ):
        result = unrolled(start, input_map)
        losses.append(ops.convert_to_numpy(result.loss))
        kernels.append(ops.convert_to_numpy(result.phi.layers[0].kernel)[0])
    np.testing.assert_allclose(losses[1], losses[0], rtol=1e-9)
    np.testing.assert_allclose(kernels[1], kernels[0][order], atol=1e-9)
    assert np.abs(losses[2] - losses[0]).max() > 1e-4


@pytest.mark.parametrize("targets", [(0, 1, 2, 3), (1,), ()], ids=str)
def test_the_coefficients_of_labelled_examples_are_asked_for(targets):
    rule = perturbed(local_rule("oja", dtype="float64"))  # any: this compiles quickly
    base, phi = base_and_phi(rule, units=(6, 5))
    tasks = distribution(
        augmentation=AUGMENTATION,
        input_maps=InputMapDistribution(1, 0, 0, 1, 1),
    )
    input_map = tasks.draw_task(generator(0)).input_map
    result = unroller(rule, base, tasks, targets, weight=0.7)(phi, input_map)
    batch = tasks.draw_batch(generator(1), tasks.draw_task(generator(0)), STEPS, BATCH)
    for step in range(STEPS):
        rows = np.concatenate([part[step] for part in batch[:3]])
        images = augment(
            tasks.pixels,
            tasks.resident().noise,
            rows[None],
            batch.coefficients[step][None],
            batch.noise[step][None],
            (3, 3, 1),
            "float64",
        )
        x = apply_input_map(images, one_task(input_map))[0]
        phi = inner_step(rule, base, phi, x[:BATCH])
        features = base.embed(phi, x[BATCH:])
        labels = np.repeat(np.eye(3), 3, axis=0)
        extra = {}
        if targets:
            asked = batch.coefficients[step][BATCH:, list(targets)]
            extra = {
                "support_regression": asked[:9],
                "query_regression": asked[9:],
                "regression_weight": 0.7,
            }
        loss, _ = cosine_objective()(
            features[:9], labels, features[9:], labels, **extra
        )
        np.testing.assert_allclose(float(result.loss[step, 0]), float(loss), rtol=1e-8)
