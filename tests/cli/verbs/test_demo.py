"""`learned-update demo` before there is a page."""

import importlib.util
import socket

import pytest
from absl import logging

from learned_update.cli.main import main
from learned_update.demo import server
from learned_update.demo.uploads.limits import Limits


@pytest.fixture
def calls(monkeypatch):
    """What would be served."""
    calls = []
    monkeypatch.setattr(server, "serve", lambda *given: calls.append(given))
    monkeypatch.setattr(server, "check_installed", lambda: None)
    return calls


@pytest.fixture
def warned(monkeypatch):
    said = []
    monkeypatch.setattr(
        logging, "warning", lambda text, *given: said.append(text % given)
    )
    return said


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.8.8"])
def test_this_machine_alone_is_served_without_a_word(calls, warned, host):
    assert main(["demo", "--host", host, "--max_megabytes", "7", "--steps", "9"]) == 0
    assert calls == [(host, 7860, Limits(7), 9)]
    assert warned == []


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "example"])
def test_another_host_is_warned_of(calls, warned, host):
    assert main(["demo", "--host", host]) == 0
    assert calls == [(host, 7860, Limits(100), 500)]
    assert len(warned) == 1
    assert f"Whoever reaches {host} may drop files here" in warned[0]


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        ("--port", "65536", "0 to 65535"),
        ("--steps", "0", "1 to 10000"),
        ("--max_megabytes", "0", "1 to 10000"),
    ],
)
def test_numbers_out_of_range_are_refused(calls, capsys, option, value, expected):
    assert main(["demo", option, value]) == 2
    assert calls == []
    error = capsys.readouterr().err
    assert f"{option} is out of its range. Expected: {expected}." in error


def test_without_gradio_it_says_what_to_install(monkeypatch, capsys):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name: (name != "gradio" and find(name)) or None,
    )
    assert main(["demo"]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert 'pip install "learned-update[demo]"' in error


def test_a_port_that_is_taken_is_named(monkeypatch, capsys):
    monkeypatch.setattr(server, "check_installed", lambda: None)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["demo", "--port", str(port)]) == 1
    error = capsys.readouterr().err
    assert f"--host 127.0.0.1 --port {port}: Address already in use" in error
    assert "--port 0 for one that is free" in error
