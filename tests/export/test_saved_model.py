"""A rule's SavedModel gives what Python gives, in a process without the package."""

import json
import os
import pathlib
import subprocess
import sys

import keras
import numpy as np
import pytest

import learned_update as lu
from learned_update import backend, export
from learned_update.export.module_folder import write_module
from learned_update.layers import local_rule
from learned_update.layers.stepping.clock import Clock
from learned_update.layers.stepping.momentum import Momentum
from learned_update.version import __version__
from tests.arithmetic import assert_same_to_rounding, assert_within, same_to_rounding
from tests.export import plain_tensorflow
from tests.rules_and_bases import INPUTS, batch, neuron_local, released

if keras.backend.backend() != "tensorflow":
    pytest.skip("SavedModels are written by TensorFlow", allow_module_level=True)

import tensorflow as tf

UNITS = (6, 4)
STEPS = 10
BATCHES = (2, 128)
TRUNCATED_STDDEV = 0.8796  # of a standard normal within two standard deviations
OTHER_UNITS = {"neuron_local": (7, 5), "released": (7, UNITS[-1])}


class Exported:
    """A rule, its base model, and the SavedModel of both."""

    def __init__(self, rule, path):
        self.rule, self.path = rule, path
        self.base = rule.base_mlp(UNITS)
        export.export_saved_model(rule, self.base, path)
        self.loaded = tf.saved_model.load(str(path))
        self.compiled_step = backend.jit(
            lambda phi, x: lu.inner_step(rule, self.base, phi, x), free={0: ..., 1: ...}
        )

    def phi(self, inputs=INPUTS, units=UNITS):
        return self.rule.base_mlp(units).init_phi(inputs, seed=2)


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported")
    rules = {
        "neuron_local": neuron_local("float32"),
        "released": released("float32", embedding_units=UNITS[-1]),
    }
    return {form: Exported(rule, folder / form) for form, rule in rules.items()}


@pytest.fixture(params=OTHER_UNITS)
def form(request):
    return request.param


@pytest.fixture
def exported(both, form):
    return both[form]


def assert_named_same(actual, function, *arguments):
    """Asserts that named arrays are what a function of the package gives."""
    expected, bounds = same_to_rounding(function, *arguments)
    assert set(actual) == set(expected)
    assert_within(dict(actual), expected, bounds)


@pytest.fixture(scope="module")
def fresh_process(both, tmp_path_factory):
    """Cases, and what a process with TensorFlow alone makes of them."""
    folder = tmp_path_factory.mktemp("fresh_process")
    cases = {}
    for form, exported in both.items():
        for size in BATCHES:
            batches = [batch(size, seed=s, dtype="float32") for s in range(STEPS)]
            cases[f"{form}/{size}/x"] = np.stack(batches)
            for name, value in export.named_phi(exported.phi()).items():
                cases[f"{form}/{size}/phi/{name}"] = np.asarray(value)
    np.savez(folder / "cases.npz", **cases)
    script = pathlib.Path(plain_tensorflow.__file__)
    arguments = [folder / "cases.npz", folder / "results.npz"]
    folders = [exported.path for exported in both.values()]
    subprocess.run(
        [sys.executable, script, *arguments, *folders],
        check=True,
        cwd=folder,
        timeout=300,
    )
    return cases, np.load(folder / "results.npz")


@pytest.mark.parametrize("size", BATCHES)
def test_ten_updates_in_a_fresh_process(exported, form, size, fresh_process):
    cases, results = fresh_process
    base, batches = exported.base, cases[f"{form}/{size}/x"]
    start = phi = exported.phi()

    def step(phi, x):
        return export.named_phi(exported.compiled_step(phi, x))

    def all_steps(phi, batches):
        for x in batches:
            phi = exported.compiled_step(phi, x)
        return export.named_phi(phi)

    for x in batches:
        named = export.named_phi(phi)
        assert_named_same(exported.loaded.update(named, x), step, phi, x)
        phi = lu.inner_step(exported.rule, base, phi, x)
    expected, bounds = same_to_rounding(all_steps, start, batches, steps=STEPS)
    actual = {name: results[f"{form}/{size}/phi/{name}"] for name in expected}
    assert_within(actual, expected, bounds)
    assert_within(export.named_phi(phi), expected, bounds)
    assert not np.allclose(actual["kernel_0"], start.layers[0].kernel, atol=1e-3)

    phi, x = export.phi_from_named(actual), batches[0]
    assert_same_to_rounding(results[f"{form}/{size}/embed"], base.embed, phi, x)
    assert_same_to_rounding(
        results[f"{form}/{size}/embed_frozen"],
        lambda phi, x: base.embed(phi, x[:1], base.statistics(phi, x)),
        phi,
        x,
    )


def test_widths_are_free(exported, form):
    x = batch(inputs=11, dtype="float32")
    phi = exported.phi(inputs=11, units=OTHER_UNITS[form])
    base, loaded, named = exported.base, exported.loaded, export.named_phi(phi)

    def step(phi, x):
        return export.named_phi(exported.compiled_step(phi, x))

    def statistics(phi, x):
        return export.named_statistics(base.statistics(phi, x))

    assert_named_same(loaded.update(named, x), step, phi, x)
    actual = loaded.statistics(named, x)
    assert_named_same(actual, statistics, phi, x)
    assert_same_to_rounding(loaded.embed(named, x), base.embed, phi, x)
    assert_same_to_rounding(
        loaded.embed_frozen(named, actual, x[:1]),
        lambda phi, x: base.embed(phi, x[:1], base.statistics(phi, x)),
        phi,
        x,
    )


def test_signatures(exported):
    phi = set(export.named_phi(exported.phi()))
    statistics = {f"{x}_{level}" for x in ("mean", "variance") for level in range(2)}
    signatures = exported.loaded.signatures
    arguments = {
        name: set(signature.structured_input_signature[1])
        for name, signature in signatures.items()
    }
    assert arguments == {
        "init": {"seed", "input_dim"},
        "init_widths": {"seed", "widths"},
        "update": {*phi, "x"},
        "embed": {*phi, "x"},
        "embed_frozen": {*phi, *statistics, "x"},
        "statistics": {*phi, "x"},
    }
    results = {
        name: set(signature.structured_outputs)
        for name, signature in signatures.items()
    }
    assert results == {
        **dict.fromkeys(("init", "init_widths", "update"), phi),
        "embed": {"features"},
        "embed_frozen": {"features"},
        "statistics": statistics,
    }


def test_init_is_a_function_of_its_seed(exported):
    loaded = exported.loaded
    first, again, other = (loaded.init(seed, INPUTS) for seed in (7, 7, 8))
    expected = export.named_phi(exported.phi())
    for name, value in first.items():
        assert value.shape == expected[name].shape
        np.testing.assert_array_equal(value, again[name])
        assert not np.allclose(value, other[name])
    assert not np.allclose(first["kernel_0"], first["feedback_0"])
    widths = loaded.init_widths(7, (INPUTS, *UNITS))
    for name, value in first.items():
        np.testing.assert_array_equal(value, widths[name])


def test_init_draws_from_the_distribution_of_init_phi(both):
    exported = both["neuron_local"]
    widths = (100, 300, 50)
    for name, value in exported.loaded.init_widths(3, widths).items():
        is_bias = name.startswith("bias")
        stddev = exported.base.bias_stddev if is_bias else exported.base.kernel_stddev
        draws = np.asarray(value) / stddev
        error = draws.size**-0.5  # of the mean, nearly
        assert 2.0 - 5.0 * error < np.abs(draws).max() <= 2.0
        np.testing.assert_allclose(draws.std(), TRUNCATED_STDDEV, rtol=3 * error)
        assert abs(draws.mean()) < 4.0 * error


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (batch(rows=1), "at least 2 rows"),
        (np.full_like(batch(), np.nan), "x holds values that are not finite"),
        (np.ones_like(batch()), "All rows of x are equal"),
        (batch(inputs=INPUTS + 1), "Matrix size-incompatible"),
    ],
    ids=["one row", "nan", "equal rows", "width"],
)
def test_bad_batches_are_refused(exported, x, message):
    named = export.named_phi(exported.phi())
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        exported.loaded.update(named, x.astype("float32"))


def test_widths_that_do_not_fit_are_refused(both):
    released = both["released"]
    with pytest.raises(tf.errors.InvalidArgumentError, match="not compatible"):
        released.loaded.init_widths(0, (INPUTS, 6, UNITS[-1] + 1))
    with pytest.raises(TypeError, match="cast"):
        both["neuron_local"].loaded.init_widths(0, (INPUTS, 6))


def test_description(exported, form):
    file = exported.path / "assets.extra" / "learned_update.json"
    description = json.loads(file.read_text(encoding="utf-8"))
    config = description.pop("rule")
    rule = keras.saving.deserialize_keras_object(config)
    assert [tuple(x.shape) for x in rule.variables] == [
        tuple(x.shape) for x in exported.rule.variables
    ]
    assert description == {
        "learned_update": __version__,
        "units": list(UNITS),
        "activation": "relu",
        "epsilon": exported.base.epsilon,
        "fan_in_scaling": exported.base.fan_in_scaling,
        "dtype": "float32",
        "embedding_units": {"neuron_local": "any", "released": UNITS[-1]}[form],
    }


def test_wrong_width_of_the_embedding_is_refused(both, tmp_path):
    rule = both["released"].rule
    with pytest.raises(ValueError, match=r"units\[-1\] = 4.*5 units on the top layer"):
        export.export_saved_model(rule, rule.base_mlp((6, 5)), tmp_path / "above" / "x")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kept", ["clock and momentum", "identity"])
def test_what_a_rule_keeps_of_a_layer_is_part_of_phi(kept, tmp_path):
    """Its names, its start, and three steps, as in Python."""
    if kept == "identity":
        rule = local_rule("similarity-matching", dtype="float64")
    else:
        rule = neuron_local(clock=Clock, momentum=Momentum, feedback_alignment=1.0)
    base = rule.base_mlp(UNITS)
    lu.export_saved_model(rule, base, tmp_path / "exported")
    loaded = tf.saved_model.load(str(tmp_path / "exported"))
    drawn = loaded.init_widths(0, (INPUTS, 7, 3))
    phi = rule.base_mlp((7, 3)).init_phi(INPUTS)
    named = export.named_phi(phi)
    assert {name: x.shape for name, x in drawn.items()} == {
        name: x.shape for name, x in named.items()
    }
    for name in (f"{x}_{level}" for x, _, _ in base.state for level in range(2)):
        np.testing.assert_array_equal(drawn[name], named[name])
    if kept != "identity":
        np.testing.assert_array_equal(drawn["feedback_1"], drawn["kernel_1"])
    for seed in range(3):
        x = batch(seed=seed)
        phi = lu.inner_step(rule, base, phi, x)
        named = loaded.update(named, x)
    for name, end in export.named_phi(phi).items():
        np.testing.assert_allclose(named[name], end, atol=1e-9, err_msg=name)
    features = loaded.embed(named, x)
    np.testing.assert_allclose(features, base.embed(phi, x), atol=1e-9)


def test_taken_path_is_refused(both):
    exported = both["neuron_local"]
    before = (exported.path / "saved_model.pb").read_bytes()
    with pytest.raises(ValueError, match="neuron_local exists already"):
        export.export_saved_model(exported.rule, exported.base, exported.path)
    assert (exported.path / "saved_model.pb").read_bytes() == before


def test_failed_write_leaves_nothing(tmp_path, monkeypatch):
    def fail(module, folder, signatures):
        pathlib.Path(folder, "saved_model.pb").touch()
        raise tf.errors.ResourceExhaustedError(None, None, "No space left")

    monkeypatch.setattr(tf.saved_model, "save", fail)
    with pytest.raises(OSError, match="cannot be written.*No space left"):
        write_module(tf.Module(), {}, tmp_path / "exported", {})
    assert not list(tmp_path.iterdir())


def test_another_backend_is_refused(both, tmp_path, monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    exported = both["neuron_local"]
    with pytest.raises(ValueError, match="KERAS_BACKEND=jax.*KERAS_BACKEND=tensorflow"):
        export.export_saved_model(exported.rule, exported.base, tmp_path / "exported")


def test_a_folder_whose_name_is_not_utf8(tmp_path):
    rule = neuron_local()
    path = tmp_path / os.fsdecode(b"caf\xe9")
    message = r"TensorFlow cannot write to .*xe9. .*Rename the folder, or export a .ker"
    with pytest.raises(ValueError, match=message):
        lu.export_saved_model(rule, rule.base_mlp((4, 3)), path)
    assert list(tmp_path.iterdir()) == []
