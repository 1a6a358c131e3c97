"""Keeps the tests of the zoo away from the user's own rules and downloads."""

import pytest

from tests.rules_and_bases import neuron_local


@pytest.fixture(autouse=True)
def user_rules(tmp_path_factory, monkeypatch):
    """The user's own folder of rules, empty."""
    folder = tmp_path_factory.mktemp("user") / "rules"
    monkeypatch.setenv("LEARNED_UPDATE_RULES", str(folder))
    monkeypatch.setenv("LEARNED_UPDATE_CACHE", str(folder.parent / "cache"))
    return folder


@pytest.fixture(scope="session")
def small_rule():
    return neuron_local()


@pytest.fixture
def saved(small_rule, tmp_path):
    """A rule on disk, without a card."""
    path = tmp_path / "saved" / "mine.keras"
    small_rule.save(path)
    return path
