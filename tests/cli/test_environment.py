"""What C++ libraries say while they are loaded is kept, and shown if loading fails."""

import io
import os
import sys

import pytest

from learned_update.cli import environment


def test_notes_are_kept(capfd):
    with environment.quiet_imports():
        os.write(2, b"note")
    os.write(2, b"after")
    assert capfd.readouterr().err == "after"


def test_notes_are_shown_when_loading_fails(capfd):
    def load():
        with environment.quiet_imports():
            os.write(2, b"note")
            raise ImportError

    with pytest.raises(ImportError):
        load()
    assert capfd.readouterr().err == "note"


def test_backend_that_was_chosen_stays(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    environment.prepare()
    assert os.environ["KERAS_BACKEND"] == "jax"


def test_default_backend(monkeypatch):
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    environment.prepare()
    assert os.environ["KERAS_BACKEND"] == "tensorflow"


def test_names_that_the_terminal_lacks_are_printed_with_escapes(monkeypatch):
    written = io.BytesIO()
    terminal = io.TextIOWrapper(written, encoding="utf-8", errors="strict")
    monkeypatch.setattr(sys, "stdout", terminal)
    environment.prepare()
    print(os.fsdecode(b"caf\xe9.npy"), flush=True)
    assert written.getvalue() == b"caf\\udce9.npy\n"
