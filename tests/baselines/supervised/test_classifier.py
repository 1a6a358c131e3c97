"""The gradient that inner steps follow, against finite differences in float64."""

import keras
import numpy as np
import pytest
from keras import ops

from learned_update.baselines.shared.trainable_base import EPSILON, plain_base
from learned_update.baselines.supervised.classifier import (
    initial_weights,
    support_gradient,
)
from learned_update.randomness import generator
from tests.arithmetic import HAS_FLOAT64

STEP = 1e-5  # of finite differences


def reference_loss(weights, support, labels):
    """Cross-entropy of the tanh base model and the head, in NumPy."""
    x = support
    for kernel, bias in zip(weights.kernels[:-1], weights.biases[:-1], strict=True):
        x = x @ kernel
        x = np.tanh((x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + EPSILON) + bias)
    logits = x @ weights.kernels[-1] + weights.biases[-1]
    logits = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return -np.mean(logits[np.arange(len(x)), labels])


@pytest.mark.skipif(
    not HAS_FLOAT64, reason="JAX has no float64 by default (JAX_ENABLE_X64)"
)
def test_gradient_of_the_support():
    rng = generator(3)
    base, labels = plain_base((4, 3), "tanh"), np.repeat([0, 1], 3)
    weights = keras.tree.map_structure(
        lambda w: w.astype("float64"), initial_weights(base, 5, 2, rng)
    )
    support = rng.normal(size=(6, 5))
    found = support_gradient(base, weights, support, labels)
    for array, slopes in zip(*map(keras.tree.flatten, (weights, found)), strict=True):
        for index in np.ndindex(array.shape):
            kept, losses = array[index], []
            for shift in (STEP, -STEP):
                array[index] = kept + shift
                losses.append(reference_loss(weights, support, labels))
            array[index] = kept
            expected = (losses[0] - losses[1]) / (2 * STEP)
            slope = ops.convert_to_numpy(slopes)[index]
            np.testing.assert_allclose(slope, expected, atol=1e-8)
