"""The table of a rule and all baselines: what is in it, and its files."""

import csv

import matplotlib.image
import numpy as np
import pytest

import learned_update as lu
from learned_update.evaluation.episodes.files import read_episodes, write_episodes
from learned_update.evaluation.episodes.fixed_sets import draw_episode_set
from learned_update.evaluation.episodes.split_pair import load_pair
from learned_update.evaluation.results.intervals import crossed_interval
from learned_update.evaluation.test_sets.comparison import (
    episodes_for,
    full_test_sets,
)
from learned_update.evaluation.test_sets.protocol import ComparisonProtocol
from learned_update.evaluation.test_sets.report import (
    comparison_figure,
    episodes_path,
    write_comparison,
)
from learned_update.evaluation.test_sets.scores import Cost, Entry, Result
from learned_update.evaluation.test_sets.table import (
    comparison_markdown,
    comparison_rows,
)
from learned_update.layers import local_rule

SMALL = {
    "datasets": ("digits",),
    "sizes": (8, 6),
    "units": (8, 6),
    "steps": 20,
    "shots": 4,
    "readouts": ("ridge", "nearest centroid"),
    "baselines": ("random initialisation", "raw pixels"),
    "prototypical_on": (),
    "progress": False,
}


@pytest.fixture(scope="module")
def quick():
    return full_test_sets(local_rule("oja"), "initial", quick=True, **SMALL)


def test_quick_form_scores_all_methods_on_the_same_fixed_episodes(quick):
    assert list(quick.results) == ["digits 8x8"]
    assert quick.reference == "initial, 2 steps"  # a tenth of 20
    kinds = {(e.method, e.statistics) for e in quick.results["digits 8x8"].accuracies}
    assert kinds == {
        ("initial, 2 steps", "inductive"),
        ("initial, 2 steps", "transductive"),
        ("random initialisation", "inductive"),
        ("random initialisation", "transductive"),
        ("raw pixels", "inductive"),
    }
    for result in quick.results.values():
        assert {scores.shape for scores in result.accuracies.values()} == {(2, 3)}
    raw = quick.results["digits 8x8"].accuracies["raw pixels", "ridge", "inductive"]
    assert raw.mean() > 0.75
    assert "3 fixed episodes, 10-way, 4 labels per class" in quick.settings
    assert "2 initialisations, seed 0; at most 1000 unlabelled rows" in quick.settings


def test_numbers_of_features():
    settings = {**SMALL, "features": (4, 5), "readouts": ("ridge",), "steps": 10}
    settings["baselines"] = ("raw pixels", "PCA")
    compared = full_test_sets(lu.UpdateRule(), "initial", quick=True, **settings)
    rows = comparison_rows(compared.results, compared.reference)
    found = {(row.dataset, row.method): row.features for row in rows}
    ways = ("initial, 1 steps", "initial, 1 steps, all layers", "PCA")
    assert found == {
        (f"digits 8x8, {n} features", name): 64 if name == "raw pixels" else n
        for n in (4, 5)
        for name in (*ways, "raw pixels")
    }
    assert compared.settings.endswith("; features of all methods: 4, 5")


def test_files(quick, tmp_path):
    text = write_comparison(quick, tmp_path / "fig4-left", "fig4-left, quick form")
    assert (tmp_path / "fig4-left.md").read_text(encoding="utf-8") == text
    assert text.startswith("fig4-left, quick form: 3 fixed episodes")
    assert "| read-out | method | statistics | digits 8x8 |" in text
    with open(tmp_path / "fig4-left.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2 * 5
    first = quick.results["digits 8x8"].accuracies["raw pixels", "ridge", "inductive"]
    row = next(row for row in rows if row["method"] == "raw pixels")
    assert float(row["accuracy"]) == pytest.approx(first.mean(), abs=1e-6)
    assert (row["parameters"], row["episodes"]) == ("0", "3")
    assert matplotlib.image.imread(tmp_path / "fig4-left.png").std() > 0.05
    episodes = read_episodes(episodes_path(tmp_path / "fig4-left", "digits"))
    np.testing.assert_array_equal(episodes.support, quick.episodes["digits"].support)


def test_figure_has_a_bar_per_method(quick):
    (axis,) = comparison_figure(quick).axes
    assert axis.get_title() == "digits 8x8"
    labels = [label.get_text() for label in axis.get_yticklabels()]
    assert labels == ["initial, 2 steps", "random initialisation", "raw pixels"]
    raw = quick.results["digits 8x8"].accuracies["raw pixels", "ridge", "inductive"]
    assert axis.patches[2].get_width() == pytest.approx(100 * raw.mean())


def test_table_pairs_with_the_reference_of_the_same_read_out():
    rng = np.random.default_rng(0)
    scores = {
        Entry("rule", "ridge", "inductive"): rng.uniform(size=(3, 4)),
        Entry("rule", "centroid", "inductive"): rng.uniform(size=(3, 4)),
        Entry("other", "centroid", "inductive"): rng.uniform(size=(3, 4)),
        Entry("labelled", "its own", "inductive"): rng.uniform(size=(3, 4)),
    }
    ridge, centroid, other, labelled = scores.values()
    costs = {
        "rule": Cost(2.5, 1200, 32),
        "other": Cost(0.1, 0),
        "labelled": Cost(1.0, 7),
    }
    rows = comparison_rows({"digits": Result(scores, costs)}, "rule")
    for row, found, partner in zip(
        rows, scores.values(), (ridge, centroid, centroid, ridge), strict=True
    ):
        assert row[4:6] == crossed_interval(found)
        assert row[6:8] == crossed_interval(partner - found)
        assert row[8:] == (*costs[row.method], 3, 4)
    text = comparison_markdown(rows, "rule", "Caption.")
    assert text.startswith("Caption.\n\n")
    mean, half_width = crossed_interval(100 * other)
    cell = f"| centroid | other | inductive | {mean:.1f} ± {half_width:.1f} |"
    assert cell in text
    mean, half_width = crossed_interval(100 * (ridge - labelled))
    assert (
        f"| its own | labelled | inductive | {mean:+.1f} ± {half_width:.1f} |" in text
    )
    assert "| rule | 2.5 s, 1,200 |" in text


def test_episodes_are_those_of_a_file_or_drawn(tmp_path):
    pair = load_pair("digits")
    labels = [part.labels for part in pair]
    drawn = episodes_for(
        "digits", pair, ComparisonProtocol(shots=3, episodes=2, seed=4)
    )
    expected = draw_episode_set("digits", *labels, shots=3, episodes=2, seed=4)
    np.testing.assert_array_equal(drawn.support, expected.support)
    write_episodes(expected, tmp_path / "mine.json")
    protocol = ComparisonProtocol(episodes=1)
    found = episodes_for("digits", pair, protocol, tmp_path / "mine.json")
    np.testing.assert_array_equal(found.support, expected.support[:1])


@pytest.mark.parametrize(
    ("protocol", "shipped"),
    [({}, True), ({"episodes": 3}, True), ({"shots": 5}, False), ({"seed": 1}, False)],
)
def test_shipped_episodes_are_used_where_they_are_asked_for(protocol, shipped):
    pair = load_pair("digits")  # of other labels than MNIST
    episodes = episodes_for("mnist", pair, ComparisonProtocol(**protocol))
    assert (episodes.train.examples == 60000) == shipped
    assert len(episodes.support) == protocol.get("episodes", 10)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"baselines": ("pca",)}, ValueError, "no baseline 'pca'"),
        ({"readouts": ("svm",)}, ValueError, "no read-out 'svm'"),
        ({"steps": 0}, ValueError, "steps is too small.*steps=0"),
        ({"baseline_share": 0.0}, ValueError, "share of their steps.*=0.0"),
        ({"shot": 3}, TypeError, "shot"),
    ],
)
def test_wrong_settings_are_errors(change, error, message):
    with pytest.raises(error, match=message):
        full_test_sets(lu.UpdateRule(), "initial", **SMALL | change)
