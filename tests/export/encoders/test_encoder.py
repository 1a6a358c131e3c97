"""Encoders in files give what `base.embed` gives, without the package."""

import os
import pathlib
import subprocess
import sys

import keras
import numpy as np
import pytest

import learned_update as lu
from learned_update import export
from learned_update.export.encoders import onnx_encoder
from learned_update.layers.bases.outputs import output_features
from tests.export import plain_keras
from tests.export.encoders.files import (
    ON_TENSORFLOW,
    every_file,
    export_or_skip,
    run_keras,
    run_onnx,
)
from tests.rules_and_bases import INPUTS, batch

ROOT = pathlib.Path(__file__).parents[3]
ROUND_OFF = 1e-5  # of float32, for features of order 1
ONNX_ACTIVATIONS = (
    "step",
    "linear",
    "relu",
    "leaky_relu",
    "elu",
    "selu",
    "celu",
    "gelu",
    "mish",
    "exponential",
    "tanh",
    "sigmoid",
    "hard_sigmoid",
    "hard_silu",
    "softplus",
    "softsign",
    "softmax",
)


def trained(activation="relu", fan_in_scaling=True, dtype="float32"):
    """A base model, a phi, and statistics of other rows than are embedded."""
    base = lu.BaseMLP(
        (7, 6, 5),
        activation,
        fan_in_scaling=fan_in_scaling,
        kernel_stddev=1.0,
        dtype=dtype,
    )
    phi = base.init_phi(INPUTS, seed=1)
    return base, phi, base.statistics(phi, batch(rows=50, seed=9, dtype=dtype))


@every_file
@pytest.mark.parametrize("activation", ["relu", "step"])
@pytest.mark.parametrize("fan_in_scaling", [False, True])
def test_features_are_those_of_embed(tmp_path, name, run, activation, fan_in_scaling):
    base, phi, statistics = trained(activation, fan_in_scaling)
    path = tmp_path / name
    export_or_skip(path, base, phi, statistics)
    for rows in (1, 8):
        x = batch(rows, dtype="float32")
        expected = np.asarray(base.embed(phi, x, statistics))
        assert expected.any()
        actual = run(path, x)
        assert actual.dtype == expected.dtype
        np.testing.assert_allclose(actual, expected, rtol=0, atol=ROUND_OFF)


@every_file
@pytest.mark.parametrize(
    ("output", "standardised"),
    [("all", True), ("with_input", True), ("with_input", False)],
)
def test_other_outputs(tmp_path, name, run, output, standardised):
    """In float64, with inputs far from zero."""
    base, phi, statistics = trained(dtype="float64")
    x = batch(8, dtype="float64")
    standard = {}
    if standardised:
        standard = {"input_mean": np.arange(INPUTS) - 1e3, "input_scale": 0.25}
    path = tmp_path / name
    export_or_skip(path, base, phi, statistics, output=output, **standard)
    expected = output_features(base, phi, x, statistics, output)
    given = 0.25 * x + standard["input_mean"] if standardised else x
    np.testing.assert_allclose(run(path, given), expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("activation", ONNX_ACTIVATIONS)
def test_onnx_activation(tmp_path, activation):
    base, phi, statistics = trained(activation)
    path = tmp_path / "encoder.onnx"
    export_or_skip(path, base, phi, statistics)
    x = batch(dtype="float32")
    expected = np.asarray(base.embed(phi, x, statistics))
    np.testing.assert_allclose(run_onnx(path, x), expected, rtol=1e-4, atol=ROUND_OFF)


def test_every_onnx_activation_is_tested():
    assert {known.__name__ for known in onnx_encoder.NODES} == set(ONNX_ACTIVATIONS)


@pytest.mark.skipif(not ON_TENSORFLOW, reason="JAX_ENABLE_X64 may be off")
def test_float64(tmp_path):
    base, phi, statistics = trained(dtype="float64")
    path = tmp_path / "encoder.keras"
    export.export_encoder(base, phi, statistics, path)
    expected = np.asarray(base.embed(phi, batch(), statistics))
    np.testing.assert_allclose(run_keras(path, batch()), expected, rtol=0, atol=1e-13)


def test_keras_file_loads_without_the_package(tmp_path):
    x = batch(dtype="float32")
    np.save(tmp_path / "x.npy", x)
    expected, files = {}, []
    for activation in ("gelu", "step"):
        base, phi, statistics = trained(activation)
        files.append(tmp_path / f"{activation}.keras")
        export.export_encoder(base, phi, statistics, files[-1])
        expected[files[-1].name] = np.asarray(base.embed(phi, x, statistics))
    command = [sys.executable, pathlib.Path(plain_keras.__file__)]
    arguments = [tmp_path / "x.npy", tmp_path / "results.npz", *files]
    subprocess.run([*command, *arguments], check=True, cwd=tmp_path, timeout=300)
    results = np.load(tmp_path / "results.npz")
    for name, value in expected.items():
        np.testing.assert_allclose(results[name], value, rtol=0, atol=ROUND_OFF)


def _double(x):
    return 2.0 * x


@pytest.mark.parametrize(
    ("name", "activation", "options", "message"),
    [
        ("encoder.h5", "relu", {}, r"\.keras, \.onnx, or none.*encoder\.h5"),
        ("encoder.keras", _double, {}, "none that Keras alone knows.*_double"),
        ("encoder.onnx", _double, {}, "no operator.*step, linear, relu.*_double"),
        ("encoder.onnx", "glu", {}, "no operator.*Received: glu"),
        ("a.keras", "relu", {"input_scale": 0.0}, "scale of 0.*9 zeros of 9"),
        ("a.keras", "relu", {"input_mean": [1.0, 2.0]}, r"input_mean.*\(9,\).*\(2,\)"),
        ("a.keras", "relu", {"input_mean": np.nan}, "input_mean.*not finite"),
        ("a.keras", "relu", {"input_mean": 1e39}, "input_mean as float32.*not finite"),
        (
            "a.keras",
            "relu",
            {"input_scale": 1e-42},
            "kernel of layer 0 as float32",
        ),
        ("a.keras", "relu", {"input_scale": 1e38}, "scale of input 0 is too large.*38"),
    ],
)
def test_refused(tmp_path, name, activation, options, message):
    if name.endswith(".onnx"):
        pytest.importorskip("onnx", reason="onnx is not installed")
    base, phi, statistics = trained()
    base = lu.BaseMLP(base.units, activation)
    with pytest.raises(ValueError, match=message):
        export.export_encoder(base, phi, statistics, tmp_path / name, **options)
    assert not list(tmp_path.iterdir())


def test_what_does_not_fit_is_refused(tmp_path):
    base, phi, statistics = trained()
    path = tmp_path / "encoder.keras"
    cut = lu.Statistics(statistics.means[:-1], statistics.variances[:-1])
    with pytest.raises(ValueError, match=r"statistics do not fit.*means.*\(5,\)\]"):
        export.export_encoder(base, phi, cut, path)
    with pytest.raises(ValueError, match="another number of layers"):
        export.export_encoder(base, lu.Phi(phi.layers[:-1]), statistics, path)
    broken = phi.layers[1]._replace(bias=phi.layers[1].bias * np.inf)
    diverged = lu.Phi((phi.layers[0], broken, phi.layers[2]))
    with pytest.raises(ValueError, match="folded bias of layer 1.*not finite"):
        export.export_encoder(base, diverged, statistics, path)
    assert not list(tmp_path.iterdir())


def test_onnx_that_is_not_installed(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ValueError, match=r'missing.*pip install "learned-update\[onn'):
        export.export_encoder(*trained(), tmp_path / "encoder.onnx")
    assert not list(tmp_path.iterdir())


def test_on_jax_without_tensorflow(tmp_path):
    pytest.importorskip("jax", reason="JAX is not installed")
    runtime = pytest.importorskip("onnxruntime", reason="it is not installed")
    arrays = {"x": batch(dtype="float32")}
    path = tmp_path / "encoder.onnx"
    environment = {
        **os.environ,
        "KERAS_BACKEND": "jax",
        "JAX_PLATFORMS": "cpu",
        "PYTHONPATH": str(ROOT),
    }
    script = """
import sys
sys.modules["tensorflow"] = None
import numpy as np
import learned_update as lu
from learned_update import export
base = lu.BaseMLP((7, 5))
x = np.load("x.npy")
phi = base.init_phi(x.shape[1], seed=1)
export.export_encoder(base, phi, base.statistics(phi, x), "encoder.onnx")
np.save("expected.npy", base.embed(phi, x))
"""
    np.save(tmp_path / "x.npy", arrays["x"])
    subprocess.run(
        [sys.executable, "-c", script], check=True, cwd=tmp_path, env=environment
    )
    (actual,) = runtime.InferenceSession(str(path)).run(["features"], arrays)
    expected = np.load(tmp_path / "expected.npy")
    np.testing.assert_allclose(actual, expected, rtol=0, atol=ROUND_OFF)


def test_saved_model_needs_tensorflow(tmp_path, monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with pytest.raises(ValueError, match="KERAS_BACKEND=jax.*KERAS_BACKEND=tensorflow"):
        export.export_encoder(*trained(), tmp_path / "encoder")
    assert not list(tmp_path.iterdir())
