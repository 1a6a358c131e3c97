"""Convolutions and attention in files give what `base.embed` gives."""

import numpy as np
import pytest

import learned_update as lu
from learned_update import export
from learned_update.layers.bases.outputs import output_features
from tests.export.encoders.files import (
    every_file,
    export_or_skip,
    run_onnx_runtime,
)
from tests.layers.base_models import attention, conv

CASES = {  # base model, its inputs
    "conv": (
        lambda: conv(
            (6, 5, 4),
            (9, 8, 2),
            kernel_sizes=(3, 2, (3, 1)),
            strides=(2, 1, 1),
            padding=("same", "valid", "same"),
            pooling=(1, 2, 1),
        ),
        144,
    ),
    "dense on top": (
        lambda: conv(
            (6, 5), (9, 8, 2), kernel_sizes=(4, None), pooling=(3, 1), padding="same"
        ),
        144,
    ),
    "flat": (
        lambda: conv(
            (6, 4),
            (5, 4, 3),
            kernel_sizes=3,
            strides=1,
            pooling=(1, 2),
            embedding="flatten",
        ),
        60,
    ),
    "patches": (
        lambda: attention((6, 4), image_shape=(4, 6, 2), patch=2, waves=4),
        48,
    ),
    "parts": (
        lambda: attention((6, 4), tokens=3, residual=False, embedding="flatten"),
        12,
    ),
    "words": (lambda: attention((6, 5, 4), tokens=3, vocabulary=7, waves=2), 3),
}


def inputs_of(base, width, rows):
    rng = np.random.default_rng(rows)
    if getattr(base, "vocabulary", None):
        return rng.integers(0, 7, size=(rows, width)).astype("float64")
    return rng.normal(size=(rows, width))


@every_file
@pytest.mark.parametrize("case", CASES)
def test_features_are_those_of_embed(tmp_path, name, run, case):
    """In float64, so that any difference but round-off is a fault."""
    make, width = CASES[case]
    base = make()
    if run is run_onnx_runtime and case not in ("parts", "words"):
        pytest.skip("ONNX Runtime has no convolutions in float64")
    phi = base.init_phi(width, seed=1)
    statistics = base.statistics(phi, inputs_of(base, width, 50))
    standard = {}
    if case in ("conv", "parts"):
        rng = np.random.default_rng(0)
        mean, scale = rng.normal(size=width), rng.uniform(0.5, 2.0, size=width)
        standard = {"input_mean": mean, "input_scale": scale}
    path = tmp_path / name
    export_or_skip(path, base, phi, statistics, **standard)
    for rows in (1, 8):
        x = inputs_of(base, width, rows)
        given = (x - mean) / scale if standard else x
        expected = np.asarray(base.embed(phi, given, statistics))
        assert expected.any()
        assert expected.shape == (rows, base.embedding_units)
        np.testing.assert_allclose(run(path, x), expected, rtol=0, atol=1e-10)


OUTPUTS = [("all", case) for case in ("conv", "flat", "words")]
OUTPUTS += [("with_input", case) for case in ("patches", "parts")]


@every_file
@pytest.mark.parametrize(("output", "case"), OUTPUTS)
def test_other_outputs(tmp_path, name, run, output, case):
    make, width = CASES[case]
    base, rng = make(), np.random.default_rng(0)
    if run is run_onnx_runtime and case not in ("parts", "words"):
        pytest.skip("ONNX Runtime has no convolutions in float64")
    phi = base.init_phi(width, seed=1)
    statistics = base.statistics(phi, inputs_of(base, width, 50))
    mean, scale = (0.0, 1.0) if case == "words" else rng.uniform(0.5, 2, (2, width))
    options = {"input_mean": mean, "input_scale": scale}
    path = tmp_path / name
    export_or_skip(
        path,
        base,
        phi,
        statistics,
        output=output,
        **({} if case == "words" else options),
    )
    x = inputs_of(base, width, 8)
    expected = output_features(base, phi, (x - mean) / scale, statistics, output)
    np.testing.assert_allclose(run(path, x), expected, rtol=0, atol=1e-10)


def test_onnx_runtime_in_float32(tmp_path):
    config = {**CASES["conv"][0]().get_config(), "dtype": "float32"}
    base = lu.ConvBase.from_config(config)
    phi, x = base.init_phi(144, seed=1), inputs_of(base, 144, 8).astype("float32")
    statistics = base.statistics(phi, x)
    path = tmp_path / "encoder.onnx"
    export_or_skip(path, base, phi, statistics)
    expected = np.asarray(base.embed(phi, x, statistics))
    np.testing.assert_allclose(run_onnx_runtime(path, x), expected, atol=1e-5)


def test_statistics_of_another_base_model(tmp_path):
    make, width = CASES["conv"]
    base, other = make(), CASES["flat"][0]()
    phi = base.init_phi(width)
    statistics = other.statistics(other.init_phi(60), inputs_of(other, 60, 4))
    with pytest.raises(ValueError, match="statistics do not fit phi"):
        export.export_encoder(base, phi, statistics, tmp_path / "encoder.keras")
    assert not list(tmp_path.iterdir())


def test_a_rule_is_exported_for_mlps(tmp_path):
    pytest.importorskip("tensorflow")
    with pytest.raises(ValueError, match="exported for MLPs.*Received: a ConvBase"):
        export.export_saved_model(
            lu.UpdateRule(dtype="float64"), CASES["conv"][0](), tmp_path / "rule"
        )
