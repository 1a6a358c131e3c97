"""The base model against NumPy, its initial phi, statistics and errors."""

import re

import keras
import numpy as np
import pytest

import learned_update as lu
from tests.rules_and_bases import batch

ACTIVATIONS = {
    "relu": lambda z: np.maximum(z, 0),
    "tanh": np.tanh,
    "step": lambda z: (z > 0).astype(z.dtype),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
}


def embedded(phi, x, activation, epsilon, fan_in_scaling):
    for layer in phi.layers:
        product = x @ np.asarray(layer.kernel)
        if fan_in_scaling:
            product = product / np.sqrt(x.shape[1])
        z = (product - product.mean(0)) / np.sqrt(product.var(0) + epsilon)
        x = activation(z + np.asarray(layer.bias))
    return x


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("fan_in_scaling", [False, True])
def test_forward_is_the_formula(activation, fan_in_scaling):
    if activation == "tanh" and keras.backend.backend() == "jax":
        pytest.skip("Keras computes tanh in float32 on JAX")
    base = lu.BaseMLP(
        (5, 4, 3), activation, fan_in_scaling=fan_in_scaling, dtype="float64"
    )
    phi = base.init_phi(9, seed=1)
    acts = base.forward(phi, batch())
    expected = embedded(phi, batch(), ACTIVATIONS[activation], 1e-6, fan_in_scaling)
    np.testing.assert_allclose(acts.xs[-1], expected, atol=1e-12)
    np.testing.assert_allclose(base.embed(phi, batch()), expected, atol=1e-12)
    assert [x.shape[1] for x in acts.xs] == [9, 5, 4, 3]
    assert [z.shape[1] for z in acts.zs] == [5, 4, 3]


def test_activation_by_callable():
    base = lu.BaseMLP((4,), activation=lambda z: 2.0 * z, dtype="float64")
    phi = base.init_phi(9)
    expected = embedded(phi, batch(), lambda z: 2.0 * z, 1e-6, False)
    np.testing.assert_allclose(base.embed(phi, batch()), expected, atol=1e-12)


def test_initial_phi():
    base = lu.BaseMLP((300, 200), kernel_stddev=0.5, bias_stddev=0.1)
    phi = base.init_phi(100, seed=4)
    first = phi.layers[0]
    assert first.kernel.shape == first.feedback.shape == (100, 300)
    assert first.bias.shape == (300,)
    kernel = np.asarray(first.kernel)
    assert np.abs(kernel).max() <= 1.0
    np.testing.assert_allclose(kernel.std(), 0.8796 * 0.5, rtol=0.02)
    np.testing.assert_allclose(np.asarray(first.bias).std(), 0.088, rtol=0.15)
    assert not np.allclose(first.kernel, first.feedback)
    again = base.init_phi(100, seed=4)
    np.testing.assert_array_equal(kernel, again.layers[0].kernel)
    assert not np.allclose(kernel, base.init_phi(100, seed=5).layers[0].kernel)


def test_statistics_make_the_embedding_inductive():
    base = lu.BaseMLP((5, 4), dtype="float64")
    phi = base.init_phi(9)
    reference = batch(rows=20, seed=8)
    statistics = base.statistics(phi, reference)
    np.testing.assert_allclose(
        base.embed(phi, reference, statistics), base.embed(phi, reference), atol=1e-12
    )
    together = np.asarray(base.embed(phi, batch(), statistics))
    for row in range(len(batch())):
        alone = base.embed(phi, batch()[row : row + 1], statistics)
        np.testing.assert_allclose(alone, together[row : row + 1], atol=1e-13)


@pytest.mark.parametrize("activation", ["relu", "step", "leaky_relu"])
def test_config_round_trip(activation):
    base = lu.BaseMLP((5, 4), activation, epsilon=1e-4, fan_in_scaling=True)
    config = keras.saving.serialize_keras_object(base)
    again = keras.saving.deserialize_keras_object(config)
    assert again.get_config() == base.get_config()
    phi = base.init_phi(9)
    x = batch(dtype="float32")
    np.testing.assert_array_equal(base.embed(phi, x), again.embed(phi, x))


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (batch(inputs=8), r"x does not fit.*\(batch, 9\).*\(8, 8\)"),
        (batch()[0], r"x does not fit.*\(batch, 9\).*\(9,\)"),
        (batch(rows=1), "A batch of one row.*at least 2 rows.*statistics="),
        (np.where(batch() > 2, np.nan, batch()), "not finite.*NaN or infinite of 72"),
    ],
    ids=["width", "rank", "one row", "nan"],
)
def test_bad_inputs_are_refused(x, message):
    base = lu.BaseMLP((5, 4))
    with pytest.raises(ValueError, match=message):
        base.embed(base.init_phi(9), x)


def test_phi_that_does_not_fit_is_refused():
    base = lu.BaseMLP((5, 4))
    phi = base.init_phi(9)
    with pytest.raises(ValueError, match="another number of layers.*2 layers"):
        base.embed(lu.Phi(phi.layers[:1]), batch(dtype="float32"))
    broken = lu.Phi((phi.layers[0], lu.BaseMLP((4,)).init_phi(6).layers[0]))
    with pytest.raises(ValueError, match="layer 1 of phi do not fit"):
        base.embed(broken, batch(dtype="float32"))


@pytest.mark.parametrize(
    "units", [(), (4, 0), (16.7,), ("16",), (True,), 16, "16", {16}, [[16]]], ids=repr
)
def test_units_that_are_no_widths(units):
    message = "at least one layer.*sequence of integers >= 1.*units=" + re.escape(
        repr(units)
    )
    with pytest.raises(ValueError, match=message):
        lu.BaseMLP(units)


def test_units_of_any_sequence_of_integers():
    for units in ([5, 4], range(5, 3, -1), np.array([5, 4]), (np.int32(5), 4)):
        assert lu.BaseMLP(units).units == (5, 4)


@pytest.mark.parametrize("activation", ["rleu", 3, True, b"relu"])
def test_unknown_activation(activation):
    message = f"Unknown activation.*activation={activation!r}"
    with pytest.raises(ValueError, match=message):
        lu.BaseMLP((4,), activation=activation)
