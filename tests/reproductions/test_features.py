"""Accuracy over the number of features, from the command line to its files."""

import csv
import json

import gin
import numpy as np
import pytest
from matplotlib.image import imread

from learned_update.cli import main
from learned_update.evaluation import Column
from learned_update.evaluation.test_sets import scores as of_scores
from learned_update.layers import local_rule
from learned_update.reproductions.beyond.features_figure import features_figure

RULE = "initial, 1 steps"  # a tenth of ten


@pytest.fixture(autouse=True)
def _clean_gin():
    gin.clear_config()
    yield
    gin.clear_config()


@pytest.fixture(scope="module")
def rule_path(tmp_path_factory):
    path = tmp_path_factory.mktemp("rules") / "initial.keras"
    local_rule("oja").save(path)  # which compiles in no time
    return str(path)


def arguments(rule_path, folder):
    given = ["reproduce", "features", "--rule", rule_path, "--output", str(folder)]
    for binding in (
        "units = (6, 5)",
        "steps = 10",
        "unlabelled = 500",
        "shots = 4",
        "baselines = ('raw pixels', 'PCA', 'random initialisation')",
    ):
        given += ["--gin_param", f"features_of_methods.{binding}"]
    return [*given, "--features", "70", "--quick"]


def test_numbers_that_a_binding_gives(rule_path, tmp_path):
    *given, _, number, quick = arguments(rule_path, tmp_path)
    binding = ["--gin_param", f"features_of_methods.features = ({number},)"]
    assert main.main([*given, *binding, quick]) == 0
    assert [x.name for x in (tmp_path / "features.parts").iterdir()] == ["70"]


def test_files_and_parts(rule_path, tmp_path, capsys, monkeypatch):
    given = arguments(rule_path, tmp_path)
    assert main.main(given) == 0
    text = (tmp_path / "features.md").read_text()
    assert text in capsys.readouterr().out
    with open(tmp_path / "features.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    names = {row["method"] for row in rows if row["features"] == "70"}
    ways = (", all layers", ", beside the inputs")
    assert names == {
        "initial",
        "random initialisation",
        *(f"{RULE}{way}" for way in ways),
        *(f"random initialisation{way}" for way in ways),
    }
    assert {row["features"] for row in rows if row["method"] == "raw pixels"} == {"64"}
    assert {row["dataset"] for row in rows} == {"digits 8x8"}
    assert "| method | digits 8x8, 70 |" in text
    assert "raw pixels: 64 (digits 8x8)" in text
    assert imread(tmp_path / "features.png").shape[1] > 300
    parts = sorted((tmp_path / "features.parts" / "70").iterdir())
    assert len(parts) == len(rows)
    one = json.loads(parts[0].read_text())
    assert {np.shape(found) for _, found in one["scores"]} == {(3,)}

    def predictions(*arguments):
        raise AssertionError("measured again")

    monkeypatch.setattr(of_scores, "predictions", predictions)
    assert main.main([*given, "--force"]) == 0
    again = (tmp_path / "features.md").read_text()
    assert again.split("\n", 1)[1] == text.split("\n", 1)[1]


def test_other_claims_have_no_numbers_of_features(rule_path, tmp_path, capsys):
    given = ["reproduce", "labels", "--rule", rule_path, "--output", str(tmp_path)]
    assert main.main([*given, "--features", "32"]) == 2
    said = capsys.readouterr().err
    assert "labels is not measured with numbers of features" in said
    assert "--features with fig4-left or features" in said


def test_a_line_per_method_where_it_gives_features():
    rng = np.random.default_rng(0)
    rule, pca = Column("rule", 3), Column("PCA")
    scores = {
        ("a", 32): {rule: rng.uniform(size=(2, 3)), pca: rng.uniform(size=(2, 3))},
        ("a", 256): {rule: rng.uniform(size=(2, 3))},
    }
    (axis,) = features_figure(scores, (32, 256)).axes
    first, second = (line.lines[0] for line in axis.containers)
    means = [100 * scores["a", n][rule].mean() for n in (32, 256)]
    np.testing.assert_allclose(first.get_ydata(), means)
    assert second.get_xdata().tolist() == [32]
    assert axis.get_title() == "a"
