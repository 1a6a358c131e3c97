"""What the encoder gives out beside its last layer."""

import pickle

import keras
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import check_estimator

from learned_update.estimator import LearnedUpdateEncoder
from learned_update.estimator.fitted import Fitted
from tests.estimator.test_estimator_checks import (
    _NEEDS_OTHER_LIBRARIES,
    _NEEDS_OTHER_SETTINGS,
)

OTHERS = ("all", "with_input")


@pytest.fixture(scope="module")
def top(rule, rows):
    return LearnedUpdateEncoder(
        rule, units=(7, 5), steps=6, batch_size=32, random_state=4
    ).fit(rows)


def layers_of(encoder, rows):
    """Features of every layer and the inputs, by NumPy in float64."""
    x = level = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    layers = []
    for layer, mean, variance in zip(
        encoder.phi_.layers, *encoder.statistics_, strict=True
    ):
        product = level @ layer.kernel.astype("float64") / np.sqrt(level.shape[1])
        scale = np.sqrt(variance.astype("float64") + encoder.base_.epsilon)
        level = np.maximum((product - mean) / scale + layer.bias, 0)
        layers.append(level)
    return layers, x


@pytest.mark.parametrize("output", ["top", *OTHERS])
def test_by_value(top, rows, output):
    encoder = clone(top).set_params(output=output).fit(rows)
    layers, x = layers_of(encoder, rows)
    expected = {
        "top": layers[-1],
        "all": np.concatenate(layers, axis=1),
        "with_input": np.concatenate([layers[-1], x], axis=1),
    }[output]
    found = encoder.transform(rows)
    assert found.dtype == rows.dtype
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-3)
    np.testing.assert_array_equal(encoder.phi_.layers[0].kernel, top.phi_.layers[0][0])


def test_names(top, rows):
    encoder = clone(top).set_params(output="all").fit(rows)
    assert encoder.get_feature_names_out().tolist() == [
        *(f"learnedupdateencoder_layer0_{i}" for i in range(7)),
        *(f"learnedupdateencoder_layer1_{i}" for i in range(5)),
    ]
    encoder.set_params(output="with_input").fit(rows)
    own = [f"learnedupdateencoder{i}" for i in range(5)]
    assert encoder.get_feature_names_out().tolist() == [
        *own,
        *(f"x{i}" for i in range(6)),
    ]
    assert encoder.get_feature_names_out([*"abcdef"]).tolist() == [*own, *"abcdef"]
    with pytest.raises(ValueError, match="input_features should have length equal"):
        encoder.get_feature_names_out(["a"])


def test_it_is_that_of_the_last_fit(top, rows):
    encoder = pickle.loads(pickle.dumps(top)).set_params(output="all")
    assert encoder.transform(rows).shape == (300, 5)
    assert encoder.partial_fit(rows).transform(rows).shape == (300, 5)
    assert encoder.fit(rows).transform(rows).shape == (300, 12)
    again = pickle.loads(pickle.dumps(encoder))
    np.testing.assert_array_equal(again.transform(rows), encoder.transform(rows))


def test_what_was_fitted_before_there_was_a_choice_gives_its_top(top):
    assert Fitted(*top._fitted[:-1]).output == "top"


@pytest.mark.parametrize("standardise", [True, False])
@pytest.mark.parametrize("output", OTHERS)
def test_exported(top, rows, tmp_path, output, standardise):
    x = (rows / rows.std(axis=0)).astype("float32")
    encoder = clone(top).set_params(output=output, standardise=standardise).fit(x)
    encoder.export(tmp_path / "encoder.keras")
    found = np.asarray(keras.saving.load_model(tmp_path / "encoder.keras")(x))
    np.testing.assert_allclose(found, encoder.transform(x), rtol=1e-3, atol=1e-3)


def test_convolutions_beside_their_pixels(unbound_rule):
    pixels = np.random.default_rng(3).uniform(size=(40, 6, 5, 2)).astype("float32")
    encoder = LearnedUpdateEncoder(
        unbound_rule,
        (5, 4),
        steps=2,
        standardise=False,
        base="conv",
        output="with_input",
    )
    features = encoder.fit_transform(pixels)
    assert features.shape == (40, 64)
    np.testing.assert_array_equal(features[:, 4:], pixels.reshape(40, 60))
    assert len(encoder.get_feature_names_out()) == 64
    assert clone(encoder).set_params(output="all").fit_transform(pixels).shape[1] == 9


def test_refusals(top, unbound_rule, rows):
    with pytest.raises(ValueError, match="no such output.*Received: output='inputs'"):
        clone(top).set_params(output="inputs").fit(rows)
    words = np.random.default_rng(0).integers(0, 9, size=(40, 6))
    encoder = clone(top).set_params(
        rule=unbound_rule,
        base="attention",
        base_options={"tokens": 6, "vocabulary": 9},
        standardise=False,
        output="with_input",
    )
    with pytest.raises(ValueError, match="Indices of words are no features"):
        encoder.fit(words)
    assert not hasattr(encoder, "phi_")


def test_scikit_learns_checks(rule_path):
    encoder = LearnedUpdateEncoder(
        rule_path, units=(4,), steps=1, batch_size=16, output="with_input"
    )
    results = check_estimator(encoder, on_skip=None)
    others = {
        result["check_name"] for result in results if result["status"] != "passed"
    }
    assert others <= _NEEDS_OTHER_SETTINGS | _NEEDS_OTHER_LIBRARIES
