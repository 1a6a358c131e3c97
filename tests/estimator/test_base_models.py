"""The encoder with convolutions and attention: inputs, exports, errors."""

import pickle

import keras
import numpy as np
import pytest
from sklearn.base import clone

from learned_update.estimator import LearnedUpdateEncoder

SHAPE = (6, 5, 2)


@pytest.fixture(scope="module")
def rule(unbound_rule):
    return unbound_rule


@pytest.fixture(scope="module")
def images():
    rng = np.random.default_rng(3)
    return rng.uniform(size=(40, *SHAPE)).astype("float32")


@pytest.fixture
def conv(rule):
    return LearnedUpdateEncoder(
        rule,
        units=(5, 4),
        steps=3,
        batch_size=16,
        standardise=False,
        random_state=4,
        base="conv",
        base_options={"kernel_sizes": (3, None), "strides": (2, 1)},
        image_shape=SHAPE,
    )


@pytest.fixture(scope="module")
def fitted(rule, images):
    encoder = LearnedUpdateEncoder(
        rule,
        units=(5, 4),
        steps=3,
        batch_size=16,
        standardise=False,
        random_state=4,
        base="conv",
        base_options={"kernel_sizes": (3, None), "strides": (2, 1)},
    )
    return encoder.fit(images)


def test_images_with_four_axes_are_rows_with_a_shape(conv, fitted, images):
    rows = images.reshape(40, -1)
    conv.fit(rows)
    np.testing.assert_array_equal(conv.transform(rows), fitted.transform(images))
    np.testing.assert_array_equal(conv.transform(images), fitted.transform(rows))
    assert fitted.base_.image_shape == SHAPE
    assert fitted.n_features_in_ == 60
    assert fitted.transform(images).shape == (40, 4)
    assert fitted.get_feature_names_out().tolist() == [
        f"learnedupdateencoder{i}" for i in range(4)
    ]


def test_the_steps_are_those_of_the_base_model(fitted, images):
    base = fitted.base_
    features = np.asarray(base.embed(fitted.phi_, images, fitted.statistics_))
    np.testing.assert_allclose(fitted.transform(images), features, atol=1e-5)
    start = base.init_phi(60, fitted.seed_)
    assert not np.allclose(fitted.phi_.layers[0].kernel, start.layers[0].kernel)
    assert [layer.kernel.shape for layer in fitted.phi_.layers] == [(18, 5), (20, 4)]


def test_pickled_and_cloned(fitted, images):
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(again.transform(images), fitted.transform(images))
    anew = clone(fitted).fit(images)
    np.testing.assert_array_equal(anew.transform(images), fitted.transform(images))


def test_a_stream_of_images(fitted, images):
    stream = clone(fitted)
    for part in (images[:20], images[20:]):
        stream.partial_fit(part)
    assert stream.n_steps_ == 2
    assert stream.transform(images).shape == (40, 4)
    with pytest.raises(ValueError, match="X holds images of another shape"):
        stream.partial_fit(images[:, :5])


def test_exported_features(fitted, images, tmp_path):
    fitted.export(tmp_path / "encoder.keras")
    model = keras.saving.load_model(tmp_path / "encoder.keras")
    features = np.asarray(model(images.reshape(40, -1)))
    np.testing.assert_allclose(features, fitted.transform(images), atol=1e-4)


def test_attention(conv, images):
    conv.set_params(base="attention", base_options={"patch": 1, "waves": 2})
    features = conv.fit_transform(images)
    assert features.shape == (40, 4)
    assert len(conv.phi_.layers) == 6
    assert conv.base_.tokens == 30


def test_words(conv):
    words = np.random.default_rng(0).integers(0, 9, size=(40, 6))
    conv.set_params(
        base="attention", base_options={"tokens": 6, "vocabulary": 9}, image_shape=None
    )
    assert conv.fit_transform(words).shape == (40, 4)
    with pytest.raises(ValueError, match="no words of the vocabulary"):
        conv.fit(words + 1)
    with pytest.raises(ValueError, match="Indices of words cannot be standardised"):
        conv.set_params(standardise=True).fit(words)


ERRORS = {
    "base": ({"base": "cnn"}, "no such base. Expected: one of 'mlp', 'conv', 'att"),
    "options": ({"base_options": 3}, "base_options are no arguments"),
    "option": ({"base_options": {"kernels": 3}}, "'conv' does not take kernels"),
    "shape": ({"image_shape": (6, 5)}, "no shape of an image"),
    "no shape": ({"image_shape": None}, "needs to know what images the rows are"),
    "other shape": ({"image_shape": (6, 5, 3)}, "Expected: 90 inputs, image_shape"),
    "mlp": ({"base": "mlp", "base_options": None}, "An MLP does not know of images"),
}


@pytest.mark.parametrize("case", ERRORS)
def test_wrong_parameters(conv, images, case):
    change, message = ERRORS[case]
    with pytest.raises(ValueError, match=message):
        conv.set_params(**change).fit(images.reshape(40, -1))
    assert not hasattr(conv, "phi_")
