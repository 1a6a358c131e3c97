"""What was measured is kept, and runs of meta-training are what is scored."""

import json
import pathlib

import numpy as np
import pytest

from learned_update.data import load
from learned_update.evaluation import Protocol
from learned_update.evaluation.episodes.trial import draw_trial
from learned_update.layers import local_rule
from learned_update.reproductions.local_rules import measuring, trained
from learned_update.reproductions.local_rules.methods import rule_methods
from learned_update.reproductions.local_rules.table import (
    Scores,
    csv_rows,
    rules_figure,
    rules_markdown,
)
from learned_update.reproductions.shared.parts import Parts


def test_a_part_is_measured_once(tmp_path):
    parts, calls = Parts(tmp_path), []

    def measure():
        calls.append(1)
        return [[0.5, 0.25]], 0.125

    for _ in range(2):
        assert parts.get("Oja, 32", "a", measure).accuracies == [[0.5, 0.25]]
    assert len(calls) == 1
    parts.get("Oja, 32", "other settings", measure)
    assert len(calls) == 2
    (path,) = tmp_path.iterdir()
    assert path.name == "oja-32.json"
    assert json.loads(path.read_text())["seconds"] == 0.125
    path.write_text(path.read_text()[:10])  # damaged
    parts.get("Oja, 32", "other settings", measure)
    assert len(calls) == 3


def test_each_rule_is_meta_trained_by_its_own_file(tmp_path, monkeypatch):
    def train_all(runs, processes, progress):
        assert [run.gin_file for run in runs] == [
            "local_rules/oja.gin",
            "local_rules/bcm.gin",
        ]
        assert "meta_train.outer_steps = 10" in runs[0].bindings
        assert "adam.warmup_steps = 2" in runs[0].bindings
        pathlib.Path(runs[0].folder).mkdir(parents=True)
        local_rule("oja", rate=0.25).save(runs[0].folder / "rule.keras")
        return {runs[1]: "it failed"}

    monkeypatch.setattr(trained, "train_all", train_all)
    rules, failed = trained.trained_rules(("oja", "bcm"), tmp_path, 10, seed=0)
    assert failed == {"bcm": "it failed"}
    assert rules.keys() == {"oja"}
    assert rules["oja"].get_config()["rate"] == 0.25


def test_tables():
    methods = rule_methods(("oja",), {"oja": local_rule("oja")}, local_rule("bcm"), "g")
    assert list(methods) == [
        "oja, published",
        "oja, meta-learned",
        "g, one layer",
        "g, three layers",
    ]
    random = np.full((2, 3), 0.5)
    columns = dict.fromkeys(("random initialisation", "raw pixels", "PCA"), random)
    columns |= dict.fromkeys(methods, random + 0.25)
    scores = Scores({("iris", 32): columns}, {(title, 32): 0.001 for title in methods})
    text = rules_markdown(scores, methods, {"bcm": "it failed"})
    assert "| oja, meta-learned | 75.0 ± 0.0 |" in text
    assert "| oja, meta-learned | +25.0 ± 0.0 |" in text
    assert "| oja | 2 | pre, post, posts of its layer | 1.00 |" in text
    assert "Meta-training of bcm failed: it failed" in text


def test_a_rule_that_diverges_is_no_number(monkeypatch):
    rule = local_rule("oja")
    protocol = Protocol(ways=3, shots=2, queries=2, episodes=5, units=(4,))
    trial = draw_trial(load("digits"), protocol, 0)
    phi = rule.base_mlp((4,)).init_phi(64, 0)
    layer = phi.layers[0]._replace(kernel=np.full((64, 4), 1e38, "float32"))
    course = [(20, [phi._replace(layers=(layer,))])]
    monkeypatch.setattr(measuring.few_shot, "training_course", lambda *_: course)
    found = measuring.rule_accuracies(rule, (4,), [trial], 20, protocol)
    np.testing.assert_array_equal(found, np.full((1, 5), np.nan))
    methods = rule_methods(("oja",), {}, rule, "g")
    columns = dict.fromkeys(("random initialisation", "raw pixels", "PCA"), 0.5)
    columns = {title: np.full((2, 5), value) for title, value in columns.items()}
    columns |= dict.fromkeys(methods, np.repeat(found, 2, axis=0))
    scores = Scores({("iris", 32): columns}, {(title, 32): 0.001 for title in methods})
    text = rules_markdown(scores, methods, {})
    assert text.count("| oja, published | diverged |") == 2
    assert csv_rows(scores, methods)[3][2] == "oja, published"
    assert np.isnan(csv_rows(scores, methods)[3][3])
    rules_figure(scores)


def test_unknown_name():
    from learned_update.reproductions.local_rules.reproduction import local_rules

    with pytest.raises(ValueError, match=r"no local rule 'ojja'.*Near names: oja"):
        local_rules(local_rule("oja"), "x", names=("ojja",))
