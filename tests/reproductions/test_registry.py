"""Every reproduction, small, from the command line to its files."""

import csv
import json

import gin
import pytest
from matplotlib.image import imread

import learned_update as lu
from learned_update.cli import main
from learned_update.evaluation.held_out.log import HeldOutScore
from learned_update.layers import local_rule
from learned_update.reproductions import REPRODUCTIONS


@pytest.fixture(autouse=True)
def _clean_gin():
    gin.clear_config()
    yield
    gin.clear_config()


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory):
    """A rule with the files of a run that reproductions read."""
    folder = tmp_path_factory.mktemp("runs") / "initial"
    local_rule("oja").save(folder / "rule.keras")  # which compiles in no time
    local_rule("oja", rate=0.1).save(folder / "initial_rule.keras")
    metrics = [f'{{"outer_step": {i}, "meta_loss": {1 / i}}}' for i in range(1, 9)]
    (folder / "metrics.jsonl").write_text("\n".join(metrics))
    scores = [
        HeldOutScore(i, domain, accuracy, 0.02, 1.0, True, False, [], "digest")
        for i, accuracy in ((1, 0.5), (4, 0.75), (8, 0.625))
        for domain in ("digits", "glyphs")
    ]
    lines = [json.dumps(score._asdict()) for score in scores]
    (folder / "held_out.jsonl").write_text("\n".join(lines))
    return folder


@pytest.fixture(scope="module")
def unbound_rule(tmp_path_factory):
    """Path of a rule that applies to convolutions and attention, too."""
    path = tmp_path_factory.mktemp("rules") / "initial.keras"
    lu.UpdateRule().save(path)
    return path


DIGITS = {"dataset": "'digits'", "size": "6", "examples_per_class": "None"}
SMALL = {
    "fig2-left": {"objective_mismatch": {**DIGITS, "steps": "200"}},
    "fig2-right": {
        "permuted_pixels": {
            "trained_on": "('glyphs/greek',)",
            "tested_on": "('digits',)",
            "size": "6",
            "channels": "1",
            "episodes_of_training": "20",
            "steps": "10",
            "units": "(6, 5)",
        }
    },
    "fig3": {},
    "fig4-left": {
        "full_test_sets": {
            "datasets": "('digits',)",
            "sizes": "(6, 8)",
            "units": "(6, 5)",
            "baselines": "('raw pixels', 'random initialisation')",
            "prototypical_on": "()",
            "readouts": "('ridge',)",
        }
    },
    "fig4-right": {
        "over_meta_training": {
            "dataset": "'digits'",
            "size": "6",
            "steps": "10",
            "units": "(6, 5)",
        }
    },
    "fig5-left": {
        "grid": {**DIGITS, "widths": "(4, 9)", "depths": "(2,)", "steps": "10"}
    },
    "fig5-right": {
        "activations": {**DIGITS, "names": "('ReLU', 'step')", "units": "(6, 5)"}
    },
    "fig6-left": {
        "receptive_fields": {
            "datasets": "('digits',)",
            "size": "6",
            "steps": "100",
            "units": "(4, 5)",
        }
    },
    "fig6-centre": {
        "represented": {"datasets": "('two_moons', 'digits')", "units": "(6, 5)"}
    },
    "fig6-right": {"represented": {"datasets": "('digits',)", "units": "(6, 5)"}},
    "table1": {
        "approaches": {
            "trained_on": "('glyphs/greek',)",
            "tested_on": "('glyphs/hebrew',)",
            "text": "None",
            "size": "6",
            "steps": "10",
            "prototypical_steps": "20",
            "maml_steps": "20",
            "optimizer_steps": "20",
            "units": "(6, 5)",
            "other_units": "(7, 5)",
        }
    },
    "few-shot": {
        "few_shot_learners": {
            "names": "('prototypical', 'nearest neighbour')",
            "situations": "('digits from glyphs 5-way 5-shot',)",
            "size": "8",
            "embedding": "'mlp'",
            "rule_steps": "2",
            "episodes": "600",
        }
    },
    "horizon": {
        "horizon": {"datasets": "('digits',)", "longest_unroll": "2", "shots": "3"}
    },
    "labels": {"labels": {**DIGITS, "steps": "10", "units": "(6, 5)"}},
    "local-rules": {
        "local_rules": {
            "names": "('oja',)",
            "datasets": "('iris',)",
            "features": "(4,)",
            "outer_steps": "0",
        }
    },
    "base-models": {"base_models": {"steps": "20", "unlabelled": "300"}},
    "domain": {"domains": {"names": "('wine', 'digits')", "steps": "10"}},
}
# What a column of the table holds, besides numbers.
FOUND = {
    "fig2-left": ("quantity", {"accuracy", "loss"}),
    "fig2-right": ("dataset", {"pixels in order", "pixels permuted"}),
    "fig3": ("series", {"training tasks", "digits", "glyphs"}),
    "fig4-left": ("method", {"raw pixels", "random initialisation"}),
    "fig4-right": ("method", {"initial theta", "random initialisation"}),
    "fig5-left": ("units", {"4", "9"}),
    "fig5-right": ("dataset", {"ReLU", "step"}),
    "fig6-left": ("state", {"random initialisation", "initial theta"}),
    "fig6-centre": ("dataset", {"two_moons", "digits"}),
    "fig6-right": ("representation", {"digits, before", "digits, after, initial"}),
    "table1": ("situation", {"like meta-training", "permuted pixels"}),
    "few-shot": ("method", {"prototypical", "nearest neighbour"}),
    "horizon": ("steps", {"1", "2", "4", "5", "10", ""}),
    "labels": ("dataset", {f"{n} per class" for n in (1, 2, 5, 10, 50)}),
    "local-rules": ("method", {"oja, published", "PCA", "initial, three layers"}),
    "base-models": (
        "method",
        {"MLP, initial", "convolution, initial", "attention, initial"},
    ),
    "domain": ("dataset", {"wine", "digits"}),
}


def arguments(identifier, run_dir, folder):
    given = ["reproduce", identifier, "--rule", str(run_dir), "--output", str(folder)]
    for function, settings in SMALL[identifier].items():
        for name, value in settings.items():
            given += ["--gin_param", f"{function}.{name} = {value}"]
    return [*given, "--quick"]


def rows(folder, identifier):
    with open(folder / f"{identifier}.csv", newline="") as file:
        return list(csv.DictReader(file))


def test_some_have_tests_of_their_own():
    others = {"ablations", "estimators", "features", "rule-forms"}
    assert set(REPRODUCTIONS) - set(SMALL) == others
    assert set(SMALL) == set(FOUND)


@pytest.mark.parametrize("identifier", SMALL)
def test_table_figure_and_settings(identifier, run_dir, unbound_rule, tmp_path, capsys):
    rule = unbound_rule if identifier == "base-models" else run_dir
    given = arguments(identifier, rule, tmp_path)
    assert main.main(given) == 0
    text = (tmp_path / f"{identifier}.md").read_text()
    assert text in capsys.readouterr().out
    assert text.startswith(f"{identifier}, quick form, rule initial: ")
    column, expected = FOUND[identifier]
    assert {row[column] for row in rows(tmp_path, identifier)} >= expected
    assert imread(tmp_path / f"{identifier}.png").shape[1] > 300
    settings = (tmp_path / f"{identifier}.gin").read_text()
    for function, bound in SMALL[identifier].items():
        assert all(f"{function}.{name} = " in settings for name in bound)
    assert main.main(given) == 2
    assert "exists already" in capsys.readouterr().err


def test_list_and_unknown_identifier(tmp_path, capsys):
    assert main.main(["reproduce", "list", "--output", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert [line.split()[0] for line in said.splitlines()] == list(REPRODUCTIONS)
    assert main.main(["reproduce", "fig9", "--output", str(tmp_path)]) == 2
    assert "There is no reproduction 'fig9'. Expected: one of fig2-left" in (
        capsys.readouterr().err
    )
    assert not list(tmp_path.iterdir())


def test_meta_curves_need_a_run(tmp_path, capsys):
    given = ["reproduce", "fig3", "--rule", "glyphs", "--output", str(tmp_path)]
    assert main.main(given) == 2
    assert "Give --rule the directory of a run" in capsys.readouterr().err


def test_all_reports_what_can_be_measured_and_goes_on(
    run_dir, tmp_path, monkeypatch, capsys
):
    for identifier in set(REPRODUCTIONS) - {"fig3", "labels"}:
        monkeypatch.delitem(REPRODUCTIONS, identifier)
    _, _, *given = arguments("labels", run_dir / "rule.keras", tmp_path)
    assert main.main(["reproduce", "all", *given]) == 0
    assert "labels: 1 to 50 labels" in capsys.readouterr().out
    report = (tmp_path / "report.md").read_text()
    assert report.startswith("# Reproductions with the rule rule\n")
    assert "## fig3\n\nNot measured: " in report
    assert (tmp_path / "labels.md").read_text() in report
    assert "![](labels.png)" in report
    before = (tmp_path / "labels.csv").stat().st_mtime_ns
    assert main.main(["reproduce", "all", *given]) == 0
    assert "labels: 1 to 50 labels" not in capsys.readouterr().out  # done before
    assert (tmp_path / "labels.csv").stat().st_mtime_ns == before
    assert (tmp_path / "report.md").read_text() == report
