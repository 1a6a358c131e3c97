"""Scores are measured once, unless what decides them is another."""

import json

import numpy as np
import pytest

from learned_update.evaluation.episodes.fixed_sets import draw_episode_set
from learned_update.evaluation.results.digests import episodes_digest, theta_digest
from learned_update.evaluation.test_sets.cost import Cost
from learned_update.evaluation.test_sets.kept import KeptScores, kept_under
from learned_update.evaluation.test_sets.protocol import ComparisonProtocol
from learned_update.layers.local_rules.by_name import local_rule

KIND = ("ridge", "inductive")
SCORES, COST = {KIND: np.array([0.25, 1 / 3])}, Cost(1.5, 7, 3)


@pytest.fixture
def measured():
    """A function that counts its calls."""

    def measure():
        measure.calls += 1
        return SCORES, COST

    measure.calls = 0
    return measure


def test_what_was_measured_is_read_to_the_bit(tmp_path, measured):
    for _ in range(2):
        kept = KeptScores(tmp_path, "3 shots")
        scores, cost = kept.get("digits 8x8", "PCA", 4, measured)
        np.testing.assert_array_equal(scores[KIND], SCORES[KIND])
        assert (list(scores), cost) == ([KIND], COST)
    assert measured.calls == 1
    assert [path.name for path in tmp_path.iterdir()] == ["digits-8x8-pca-4.json"]


def test_what_decides_it_is_asked_for(tmp_path, measured):
    def get(settings="a", digest="0", title="x", method="rule", seed=0):
        kept = KeptScores(tmp_path, settings, {"rule": digest})
        kept.get(title, method, seed, measured)
        return measured.calls

    assert get() == get() == 1
    for count, change in enumerate(
        (
            {"settings": "b"},
            {"digest": "1"},
            {"title": "y"},
            {"method": "other"},
            {"seed": 1},
        ),
        start=2,
    ):
        assert get(**change) == get(**change) == count
    assert get(method="other", digest="1") == measured.calls == 6  # it has no digest


@pytest.mark.parametrize("content", ["", "{", "[]", '{"settings": 1}'])
def test_a_damaged_file_is_measured_again(tmp_path, measured, content):
    kept = KeptScores(tmp_path, "a")
    kept.get("x", "PCA", 0, measured)
    (path,) = tmp_path.iterdir()
    path.write_text(content)
    kept.get("x", "PCA", 0, measured)
    assert measured.calls == 2
    assert json.loads(path.read_text())["cost"] == list(COST)


def test_without_a_folder_nothing_is_kept(measured):
    for _ in range(2):
        assert KeptScores().get("x", "PCA", 0, measured) == (SCORES, COST)
    assert measured.calls == 2


def test_more_initialisations_are_no_other_settings(tmp_path, measured):
    labels = np.arange(40) % 4
    episodes = draw_episode_set("x", labels, labels, 3, 2, seed=0)
    for protocol in (
        ComparisonProtocol(initialisations=2),
        ComparisonProtocol(initialisations=5),
        ComparisonProtocol(steps=7),
    ):
        kept = kept_under(tmp_path, protocol, episodes, "32 features")
        kept.get("x", "PCA", 0, measured)
    assert measured.calls == 2
    kept_under(tmp_path, protocol, episodes, "64").get("x", "PCA", 0, measured)
    assert measured.calls == 3


def test_digests_tell_rules_and_episodes_apart():
    rules = [local_rule("oja", rate=rate) for rate in (0.5, 0.5, 0.3)]
    same, again, other = map(theta_digest, rules)
    assert same == again != other
    labels = np.arange(40) % 4
    episodes = [draw_episode_set("x", labels, labels, 3, 2, seed=n) for n in (0, 0, 1)]
    same, again, other = map(episodes_digest, episodes)
    assert same == again != other
    asked = draw_episode_set("x", labels, labels, 3, 2, queries=2, seed=0)
    assert episodes_digest(asked) != same
