"""The package in float64 against the NumPy reference, both forms, random theta."""

from typing import NamedTuple

import keras
import numpy as np
import pytest
from keras import ops

import learned_update as lu
from tests import random_rules
from tests.reference import neuron_local, objective, released

TOLERANCE = 1e-9  # of the largest value
STEPS = 2

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow",
    reason="JAX has no float64 by default, and Keras' sin and tanh drop it there",
)


class Shape(NamedTuple):
    """A base model's shape and a batch's size."""

    inputs: int
    units: tuple[int, ...]
    batch: int


SHAPES = {
    "one_layer": Shape(4, (5,), 3),
    "two_layers": Shape(9, (12, 5), 11),
    "four_layers": Shape(6, (7, 3, 8, 5), 6),
    "wide_embedding": Shape(5, (4, 14), 8),
    "two_examples": Shape(6, (5, 4), 2),
}


def close(actual, expected, *what, tolerance=TOLERANCE):
    expected = np.asarray(expected)
    actual = ops.convert_to_numpy(actual)
    assert actual.shape == expected.shape
    assert actual.dtype == np.float64
    scale = np.abs(expected).max() + 1e-12
    error = np.abs(actual - expected).max() / scale
    assert error < tolerance, what


def close_phi(actual, expected):
    for layer, other in zip(actual.layers, expected, strict=True):
        for name in ("kernel", "bias", "feedback"):
            close(getattr(layer, name), getattr(other, name), name)


def close_traces(traced, expected):
    for kind in ("d", "h", "delta"):
        pairs = zip(traced[kind], expected[kind], strict=True)
        for level, (value, other) in enumerate(pairs):
            close(value, other, kind, level)
    for kind in ("terms", "normalized_terms"):
        for values, others in zip(traced[kind], expected[kind], strict=True):
            assert list(values) == list(others)
            for name, other in others.items():
                close(values[name], other, kind, name)


def batches(rng, shape):
    return rng.uniform(size=(STEPS, shape.batch, shape.inputs))


def check_rule(rule, base, layers, xs, reference, reference_step):
    """Traces and changes of the first batch, then phi after every inner step."""
    phi = random_rules.to_phi(layers)
    close_traces(rule.trace(phi, base.forward(phi, xs[0])), reference)
    close_phi(lu.phi_change(rule, base, phi, xs[0]), reference["changes"])
    for x in xs:
        phi = lu.inner_step(rule, base, phi, x)
        layers = reference_step(layers, x)
        close_phi(phi, layers)


@pytest.mark.parametrize(
    ("shape", "activation", "identical_updates"),
    [
        *((name, "relu", True) for name in SHAPES),
        ("two_layers", "relu", False),
        ("four_layers", "tanh", False),
        ("wide_embedding", "tanh", True),
    ],
)
def test_released(shape, activation, identical_updates):
    shape = SHAPES[shape]
    rng = np.random.default_rng(0)
    theta = random_rules.released_theta(rng, shape.units[-1], identical_updates)
    layers = random_rules.random_phi(rng, shape.inputs, shape.units, 0.3)
    xs = batches(rng, shape)
    rule = random_rules.released_rule(theta, inner_learning_rate=0.02)
    base = lu.BaseMLP(shape.units, activation=activation, dtype="float64")

    reference = released.trace(theta, layers, xs[0], activation)
    changed = reference["changes"][0]
    assert np.array_equal(changed.kernel, changed.feedback) == identical_updates

    def step(layers, x):
        return released.inner_step(theta, layers, x, 0.02, activation)

    check_rule(rule, base, layers, xs, reference, step)


every_shape = pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())


@every_shape
def test_neuron_local(shape):
    rng = np.random.default_rng(1)
    theta = random_rules.neuron_local_theta(rng)
    layers = random_rules.random_phi(rng, shape.inputs, shape.units)
    xs = batches(rng, shape)
    rule = random_rules.neuron_local_rule(theta)
    base = rule.base_mlp(shape.units, dtype="float64")

    def step(layers, x):
        return neuron_local.inner_step(theta, layers, x)

    reference = neuron_local.trace(theta, layers, xs[0])
    check_rule(rule, base, layers, xs, reference, step)


@every_shape
def test_neuron_local_features(shape):
    """What the network of a unit sees, channel by channel."""
    rng = np.random.default_rng(2)
    theta = random_rules.neuron_local_theta(rng)
    layers = random_rules.random_phi(rng, shape.inputs, shape.units)
    x = batches(rng, shape)[0]
    rule = random_rules.neuron_local_rule(theta)
    phi = random_rules.to_phi(layers)
    acts = rule.base_mlp(shape.units, dtype="float64").forward(phi, x)
    reference = neuron_local.trace(theta, layers, x)
    traced = rule.trace(phi, acts)
    for level, (of_unit, of_example) in enumerate(traced["features"]):
        close(traced["activity"][level], reference["features"][level], level)
        expected = neuron_local.network_input(
            layers, level, reference["features"][level], reference["d"][level]
        )
        close(of_unit, expected[0, :, : neuron_local.UNIT_CHANNELS], level)
        close(of_example, expected[..., neuron_local.UNIT_CHANNELS :], level)


def test_neuron_local_theta_is_complete():
    """Every variable is set by `neuron_local_rule`, under a name of the reference."""
    rule = lu.UpdateRule(dtype="float64")
    rule.build()
    named = random_rules.neuron_local_variables(rule)
    assert set(named) == set(neuron_local.theta_shapes())
    assert {v.path for v in named.values()} == {
        variable.path for variable in rule.trainable_variables
    }


def test_neuron_local_start():
    """Hebbian +1 and decorrelation -1, no bias change, rates of 0.1."""
    rule = lu.UpdateRule(dtype="float64")
    rule.build()
    theta = {
        name: variable.numpy()
        for name, variable in random_rules.neuron_local_variables(rule).items()
    }
    start = dict.fromkeys(neuron_local.TERM_ORDER, 0.0)
    start |= {"hebb_positive": 1.0, "decorr_off_diagonal": -1.0}
    assert list(theta["coefficients"].ravel()) == list(start.values())
    assert not theta["bias_readout/kernel"].any()
    np.testing.assert_allclose(neuron_local.rates(theta), 0.1, rtol=1e-12)


OBJECTIVES = {
    "released": {},
    "cosine": {"loss": "cosine"},
    "cosine_scaled_ridge": {"loss": "cosine", "scale_ridge": True},
    "cosine_raw_targets": {"loss": "cosine", "center_targets": False},
    "hinge": {"loss": "hinge"},
    "strong_ridge": {"ridge": 3.0, "support_weight": 0.3},
    "raw": {"center_targets": False, "normalize_predictions": False},
    "unit_features": {"normalize_features": True},
}


@pytest.mark.parametrize("options", OBJECTIVES.values(), ids=OBJECTIVES.keys())
def test_meta_objective(options):
    rng = np.random.default_rng(3)
    classes = 4
    arguments = []
    for examples in (8, 20):
        labels = np.arange(examples) % classes
        features = rng.normal(size=(examples, 6)) + labels[:, None]
        arguments += [features, np.eye(classes)[labels]]
    expected = objective.meta_objective(*arguments, **options)
    loss, metrics = lu.meta_objective(*arguments, **options)
    close(loss, expected.value)
    for name in ("query_loss", "support_loss", "penalty", "ridge_weights"):
        close(metrics[name], getattr(expected, name))
    for name in ("query_accuracy", "support_accuracy"):
        assert np.isclose(float(metrics[name]), getattr(expected, name))
