"""Exports of a fitted encoder give the features of `transform`."""

import keras
import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from tests.round_off import features_and_bound


@pytest.mark.parametrize("standardise", [True, False])
def test_the_file_gives_the_features_of_transform(encoder, rows, tmp_path, standardise):
    """The sixth column is 1.6e7 and 1.6e7 + 1, exact in float32."""
    x = rows / rows.std(axis=0)
    if standardise:
        x[:, -1] = 16e6 + np.arange(300) % 2
    x = x.astype("float32")
    encoder.set_params(standardise=standardise).fit(x)
    encoder.export(tmp_path / "encoder.keras")
    model = keras.saving.load_model(tmp_path / "encoder.keras")
    exact, bound = features_and_bound(encoder, x)
    assert bound.max() < 1e-3 * np.ptp(exact)
    for features in (encoder.transform(x), np.asarray(model(x))):
        assert (np.abs(features - exact) <= bound).all()


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (lambda x: x + 1.7e9, r"mean 1\.7e\+09, scale 1"),
        (lambda x: x * 1e-42, r"scale 1\.\d+e-42, moved"),
        (lambda x: x * 1e39, r"moved by up to inf"),
    ],
)
def test_a_column_that_float32_cannot_hold(encoder, rows, tmp_path, column, message):
    x = np.column_stack([rows, column(np.random.default_rng(3).normal(size=300))])
    encoder.set_params(steps=1).fit(x)
    encoder.feature_names_in_ = np.array([*"abcdef", "time"], dtype=object)
    for name in ("encoder.keras", "encoder.onnx", "encoder"):
        with pytest.raises(
            ValueError,
            match=rf"hold column 'time'\..*{message}.*Subtract a constant from the",
        ):
            encoder.export(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_export_of_an_unfitted_encoder(encoder, tmp_path):
    with pytest.raises(NotFittedError):
        encoder.export(tmp_path / "encoder.keras")
    assert not list(tmp_path.iterdir())
