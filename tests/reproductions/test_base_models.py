"""Base models side by side, on data sets of any number of classes."""

import learned_update as lu
from learned_update.evaluation.episodes.split_pair import load_pair
from learned_update.evaluation.test_sets.protocol import ComparisonProtocol
from learned_update.layers import BASE_FORMS
from learned_update.reproductions.base_models.entries import MLP, Entry
from learned_update.reproductions.base_models.reproduction import INPUTS, _scores


def test_an_episode_has_no_more_ways_than_there_are_classes():
    pair = load_pair("two_moons")
    entries = {MLP: Entry(BASE_FORMS["mlp"](), (3, 2), 16, pair)}
    protocol = ComparisonProtocol(
        ways=10, shots=3, episodes=2, initialisations=2, steps=1, unlabelled=40
    )
    scores, _ = _scores(
        "two_moons", "moons", entries, {"oja": lu.load_rule("oja")}, protocol, None
    )
    by_name = {str(column): found for column, found in scores.items()}
    assert {found.shape for found in by_name.values()} == {(2, 2)}
    assert by_name[INPUTS].min() > 0.5  # chance of two ways; of ten it is 0.1
