"""Which Keras backend is taken, and what is said of one that cannot be."""

import importlib.util
import json
import sys

import keras
import pytest

import learned_update
from learned_update import keras_backend
from learned_update.cli import main


@pytest.fixture(autouse=True)
def settings(monkeypatch, tmp_path):
    """Path of Keras' settings, before Keras is imported."""
    monkeypatch.delitem(sys.modules, "keras")
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    return tmp_path / "keras.json"


def test_without_any_choice_it_is_that_of_keras():
    assert keras_backend.checked_backend() == "tensorflow"


def test_the_settings_of_keras_count(settings):
    settings.write_text(json.dumps({"backend": "jax"}))
    assert keras_backend.checked_backend() == "jax"
    settings.write_text("{")
    assert keras_backend.checked_backend() == "tensorflow"


def test_the_environment_wins(settings, monkeypatch):
    settings.write_text(json.dumps({"backend": "torch"}))
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert keras_backend.checked_backend() == "jax"


def test_an_empty_variable_chooses_nothing(settings, monkeypatch):
    settings.write_text(json.dumps({"backend": "jax"}))
    monkeypatch.setenv("KERAS_BACKEND", "")
    assert keras_backend.checked_backend() == "jax"


def test_a_keras_that_is_there_already_has_chosen(monkeypatch):
    monkeypatch.setitem(sys.modules, "keras", keras)
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    assert keras_backend.checked_backend() == keras.backend.backend()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "torch",
            "backend 'torch'. Expected: one of tensorflow, jax. Received: 'torch'",
        ),
        ("tensorflw", "Did you mean 'tensorflow'?"),
        ("Jax", "Did you mean 'jax'?"),
    ],
)
def test_a_backend_without_code_here(name, message, monkeypatch, capsys):
    monkeypatch.setenv("KERAS_BACKEND", name)
    with pytest.raises(ValueError, match="variable KERAS_BACKEND") as caught:
        keras_backend.checked_backend()
    assert message in str(caught.value)
    with pytest.raises(ValueError, match="variable KERAS_BACKEND") as of_a_name:
        learned_update.no_such_name  # noqa: B018
    assert str(of_a_name.value) == str(caught.value)
    assert main.main(["rules"]) == 2
    assert capsys.readouterr().err == f"learned-update rules: error: {caught.value}\n"


def test_a_backend_of_the_settings_without_code_here(settings):
    settings.write_text(json.dumps({"backend": "openvino"}))
    with pytest.raises(ValueError, match="'openvino' from .*keras.json"):
        keras_backend.checked_backend()


def test_a_backend_that_is_not_installed(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match="'jax' is not installed.*Install jax"):
        keras_backend.checked_backend()
