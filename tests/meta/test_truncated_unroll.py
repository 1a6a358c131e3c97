"""How support and query are embedded in a truncated unroll."""

import keras
import numpy as np
import pytest
from keras import ops

import learned_update as lu
from learned_update.layers import local_rule
from learned_update.meta import TruncatedStep, truncated_unroll
from learned_update.training import cosine_objective
from learned_update.types import (
    EpisodeShape,
    InputMap,
    Resident,
    TaskBatch,
    TruncationData,
)
from tests.rules_and_bases import base_and_phi, perturbed

EPISODE = EpisodeShape(ways=2, shots=3, queries=4)


@pytest.mark.parametrize("joint", [True, False], ids=["joint", "support"])
def test_loss_after_one_step(joint):
    rule = perturbed(local_rule("oja", dtype="float64"))  # any: this compiles quickly
    base, phi = base_and_phi(rule, units=(6, 5))
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, 256, size=(40, 9)).astype("uint8")
    offset, matrix = rng.normal(size=9), rng.normal(size=(9, 9))
    rows = TaskBatch(
        *(rng.permutation(40)[:n].reshape(1, 1, n).astype("int32") for n in (8, 6, 8))
    )
    one = keras.tree.map_structure(lambda x: ops.expand_dims(x, 0), phi)
    step = TruncatedStep(
        rule, base, cosine_objective(), EPISODE, joint_statistics=joint
    )
    data = TruncationData(
        Resident(ops.convert_to_tensor(pixels)),
        InputMap(offset[None], matrix[None]),
        keras.tree.map_structure(ops.convert_to_tensor, rows),
    )
    theta = [
        ops.expand_dims(ops.convert_to_tensor(v), 0) for v in rule.trainable_variables
    ]
    result = truncated_unroll(step, theta, one, data)

    def images(indices):
        return (pixels[indices.ravel()] / 255 - offset) @ matrix

    phi = lu.inner_step(rule, base, phi, images(rows.inner))
    support, query = images(rows.support), images(rows.query)
    if joint:
        features = base.embed(phi, np.concatenate([support, query]))
        features = (features[:6], features[6:])
    else:
        statistics = base.statistics(phi, support)
        features = [base.embed(phi, x, statistics) for x in (support, query)]
    targets = [np.repeat(np.eye(2), n, axis=0) for n in (3, 4)]
    loss, _ = cosine_objective()(features[0], targets[0], features[1], targets[1])
    np.testing.assert_allclose(result.loss, [[float(loss)]], rtol=1e-9)
