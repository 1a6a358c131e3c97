"""What base models give out: by value, against NumPy."""

import numpy as np
import pytest

from learned_update.layers.bases.outputs import (
    OUTPUTS,
    check_output,
    output_features,
    output_units,
)
from tests.layers.base_models import attention, conv, images, mlp


def normalised(product, bias):
    """relu(batchnorm(product) + bias) with statistics of the batch."""
    centred = product - product.mean(axis=0)
    return np.maximum(centred / np.sqrt(product.var(axis=0) + 1e-4) + bias, 0)


def dense(x, layer):
    product = x @ np.asarray(layer.kernel) / np.sqrt(x.shape[-1])
    return normalised(product, np.asarray(layer.bias))


def assert_outputs(base, phi, x, layers):
    """All three outputs, of features of the layers by NumPy."""
    expected = {
        "top": layers[-1],
        "all": np.concatenate(layers, axis=1),
        "with_input": np.concatenate([layers[-1], x], axis=1),
    }
    for output in OUTPUTS:
        check_output(base, output)
        found = np.asarray(output_features(base, phi, x, output=output))
        np.testing.assert_allclose(found, expected[output], rtol=0, atol=1e-10)
        assert found.shape[1] == output_units(base, x.shape[1], output)
        assert found.std(axis=0).max() > 0.1


def test_an_mlp():
    base, x = mlp((5, 4, 3)), np.random.default_rng(0).normal(size=(8, 6))
    phi = base.init_phi(6, seed=1)
    layers, below = [], x
    for layer in phi.layers:
        below = dense(below, layer)
        layers.append(below)
    assert_outputs(base, phi, x, layers)


@pytest.mark.parametrize("embedding", ["mean", "flatten"])
def test_convolutions_give_pooled_positions(embedding):
    """Kernels of one pixel, so that NumPy needs no patches; 4x6 pooled to 2x3."""
    base = conv(
        (5, 3), (4, 6, 2), kernel_sizes=1, strides=1, pooling=2, embedding=embedding
    )
    x = images(7, (4, 6, 2))
    phi = base.init_phi(48, seed=1)
    layers, image = [], x.reshape(7, 4, 6, 2)
    for layer in phi.layers:
        *axes, channels = image.shape
        flat = dense(image.reshape(-1, channels), layer)
        image = flat.reshape(*axes, -1)
        rows, columns = axes[1] // 2, axes[2] // 2
        image = image[:, : 2 * rows, : 2 * columns]
        windows = image.reshape(7, rows, 2, columns, 2, -1)
        image = windows.mean(axis=(2, 4))
        flattened = embedding == "flatten"
        layers.append(image.reshape(7, -1) if flattened else image.mean(axis=(1, 2)))
    assert_outputs(base, phi, x, layers)


@pytest.mark.parametrize("residual", [True, False])
def test_attention_gives_layers_with_what_they_attend_to(residual):
    base = attention((5, 3), tokens=4, residual=residual)
    x = np.random.default_rng(0).normal(size=(7, 8))
    phi = base.init_phi(8, seed=1)
    below = dense(x.reshape(28, 2), phi.layers[0])
    zs, attended = [], []
    for layer in phi.layers[1:4]:
        attended.append(dense(below, layer))
        product = below @ np.asarray(layer.kernel) / np.sqrt(5)
        spread = np.sqrt(product.var(axis=0) + 1e-4)
        zs.append((product - product.mean(axis=0)) / spread + np.asarray(layer.bias))
    query, key = (z.reshape(7, 4, 5) for z in zs[:2])
    scores = np.exp(query @ key.transpose(0, 2, 1) / np.sqrt(5))
    weights = scores / scores.sum(axis=-1, keepdims=True)
    mixed = (weights @ attended[2].reshape(7, 4, 5)).reshape(28, 5)
    stream = dense(mixed, phi.layers[4]) + (below if residual else 0.0)
    top = dense(stream, phi.layers[5])
    layers = [level.reshape(7, 4, -1).mean(axis=1) for level in (stream, top)]
    assert_outputs(base, phi, x, layers)


def test_statistics_that_are_given():
    base, rng = mlp((4, 3)), np.random.default_rng(0)
    phi = base.init_phi(5, seed=1)
    statistics = base.statistics(phi, rng.normal(size=(50, 5)))
    x = rng.normal(size=(2, 5))
    both = np.asarray(output_features(base, phi, x, statistics, "all"))
    for row in range(2):  # each by itself
        alone = output_features(base, phi, x[row : row + 1], statistics, "all")
        np.testing.assert_allclose(np.asarray(alone)[0], both[row], atol=1e-12)


def test_refusals():
    with pytest.raises(ValueError, match=r"no such output.*'top', 'all', 'with_input'"):
        check_output(mlp((3,)), "inputs")
    words = attention((3,), tokens=2, vocabulary=5)
    check_output(words, "all")
    with pytest.raises(ValueError, match=r"Indices of words are no feat.*counts of"):
        check_output(words, "with_input")
