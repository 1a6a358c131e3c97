"""The embeddings against NumPy in float64, and their second derivatives."""

import numpy as np
import pytest
from keras import ops

from learned_update.few_shot.embeddings.batch_norm import (
    EPSILON,
    batch_moments,
    normalised,
)
from learned_update.few_shot.embeddings.embedding import embedding_of
from learned_update.few_shot.embeddings.pair import check_statistics, embed_pair
from learned_update.few_shot.gradient.conjugate_gradient import dot
from learned_update.few_shot.gradient.inner_steps import gradient_of
from learned_update.randomness import generator
from tests.few_shot.small import FLOAT64, float64, slope


def convolved(x, kernel):
    """A 3x3 convolution, padded with zeros, in NumPy."""
    height, width = x.shape[1:3]
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    return sum(
        padded[:, i : i + height, j : j + width] @ kernel[i, j]
        for i in range(3)
        for j in range(3)
    )


def pooled(x):
    """The maximum of 2x2 pixels; an odd row or column is left out."""
    batch, height, width, channels = x.shape
    x = x[:, : height // 2 * 2, : width // 2 * 2]
    x = x.reshape(batch, height // 2, 2, width // 2, 2, channels)
    return x.max(axis=(2, 4))


def strided(x):
    """Every second row and column: the even ones of an odd side, else the odd ones."""
    height, width = x.shape[1:3]
    return x[:, 1 - height % 2 :: 2, 1 - width % 2 :: 2]


def reference(weights, x, kind, moments=None):
    """Block by block as published: normalise, relu, then pool."""
    used = []
    for level, (kernel, offset) in enumerate(weights):
        x = x @ kernel if kind == "mlp" else convolved(x, kernel)
        x = strided(x) if kind == "strided" else x
        axes = tuple(range(x.ndim - 1))
        used.append((x.mean(axes), x.var(axes)) if moments is None else moments[level])
        mean, variance = used[-1]
        x = np.maximum((x - mean) / np.sqrt(variance + EPSILON) + offset, 0)
        x = pooled(x) if kind == "convolution" else x
    return x.reshape(len(x), -1), used


def problem(kind):
    embedding = embedding_of(kind, (6, 6, 2), (3, 4))
    rng = np.random.default_rng(1)
    weights = [
        (kernel.astype("float64"), rng.normal(size=offset.shape))
        for kernel, offset in embedding.initial(generator(0))
    ]
    return embedding, weights, rng.normal(size=(5, 6, 6, 2)), rng


@FLOAT64
@pytest.mark.parametrize("kind", ["convolution", "strided", "mlp"])
def test_features_and_statistics_of_the_support_or_of_both(kind):
    embedding, weights, support, rng = problem(kind)
    query = rng.normal(size=(3, 6, 6, 2))
    given = float64((tuple(weights), support, query))
    flat = (lambda x: x.reshape(len(x), -1)) if kind == "mlp" else (lambda x: x)
    own, moments = reference(weights, flat(support), kind)
    other, _ = reference(weights, flat(query), kind, moments)
    both, _ = reference(weights, flat(np.concatenate([support, query])), kind)
    assert embedding.features == own.shape[1]
    found = embed_pair(embedding, *given, "inductive")
    np.testing.assert_allclose(found[0], own, atol=1e-10)
    np.testing.assert_allclose(found[1], other, atol=1e-10)
    found = embed_pair(embedding, *given, "transductive")
    np.testing.assert_allclose(ops.concatenate(found), both, atol=1e-10)


@FLOAT64
def test_second_derivatives_of_batch_normalisation():
    rng = np.random.default_rng(2)
    x, vector, readout = float64(
        (rng.normal(size=(5, 3)), rng.normal(size=(5, 3)), rng.normal(size=(5, 3)))
    )

    def loss(x):
        return ops.sum(readout * ops.tanh(normalised(x, batch_moments(x))))

    found = gradient_of(lambda x: dot(gradient_of(loss, x), vector), x)
    direction = float64(rng.normal(size=(5, 3)))
    expected = slope(lambda x: dot(gradient_of(loss, x), vector), x, direction)
    np.testing.assert_allclose(float(ops.sum(found * direction)), expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: embedding_of("transformer", (8, 8, 1)),
            "no embedding 'transformer'. Expected: one of convolution, strided",
        ),
        (
            lambda: embedding_of("convolution", (12, 28, 1)),
            "too small for the convolution.*at least 16x16 for 4 blocks",
        ),
        (lambda: check_statistics("both"), "no batch statistics 'both'"),
    ],
)
def test_errors(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_shapes_of_the_fields_own_network():
    embedding = embedding_of("convolution", (28, 28, 1))
    assert (embedding.map_shape, embedding.features) == ((1, 1, 64), 64)
    weights = embedding.initial(generator(0))
    assert sum(a.size for block in weights for a in block) == 111424
    assert embedding_of("convolution", (28, 28, 1), pooled=2).map_shape == (7, 7, 64)
    assert embedding_of("strided", (28, 28, 1)).map_shape == (2, 2, 64)
    assert embedding_of("strided", (28, 28, 1), pooled=2).map_shape == (7, 7, 64)
    assert embedding_of("mlp", (784,)).features == 32
