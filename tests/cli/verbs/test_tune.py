"""`learned-update tune`: a real trial, and what is refused before there is one."""

import csv
import json

import gin
import pytest

from learned_update.cli import main

pytest.importorskip("optuna")

SMALL = (
    "glyphs.renderings = 8",
    "task_distribution.datasets = ('glyphs/greek',)",
    "task_distribution.ways = 3",
    "task_distribution.shots = 2",
    "task_distribution.queries = 2",
    "task_group.slots = 2",
    "task_group.units = (5,)",
    "task_group.batch_size = 8",
    "Schedule.truncation_lengths = (1,)",
    "Schedule.unroll_lengths = (1, 2)",
)


@pytest.fixture(autouse=True)
def _clean_gin():
    yield
    gin.clear_config()


def arguments(folder, *more):
    given = [
        "tune",
        "--gin_file",
        "experiments/quickstart.gin",
        "--output",
        str(folder),
    ]
    given += ["--validation", "synthetic/tables/1001", "--units", "6", "5"]
    given += ["--steps", "2", "--initialisations", "1", "--episodes", "4"]
    given += ["--trials", "1", "--shortest", "1", "--longest", "2"]
    for parameter in SMALL:
        given += ["--gin_param", parameter]
    return [*given, "--search", "adam.learning_rate = log(1e-3, 1e-2)", *more]


def test_a_trial(tmp_path, capfd):
    assert main.main(arguments(tmp_path)) == 0
    said = capfd.readouterr().out
    assert said.startswith(
        "Budget: 1 trials, scored after 1, 2 outer steps: at most 2 "
    )
    assert "trial 0, 2 outer steps: accuracy" in said
    with open(tmp_path / "trials.csv", newline="") as file:
        (row,) = csv.DictReader(file)
    run = tmp_path / "trials" / row["run"]
    assert (run / "finished").is_file()
    scores = json.loads((run / "validation.json").read_text())
    assert set(scores) == {"1", "2"}
    assert float(row["accuracy"]) == pytest.approx(scores["2"], abs=1e-6)
    assert "Stopped after outer step 1 of 2" in run.with_suffix(".log").read_text()
    assert (tmp_path / "best.gin").read_text().count("adam.learning_rate = ") == 1
    assert main.main(arguments(tmp_path)) == 0  # nothing is left to do
    assert "trial 0, 2" not in capfd.readouterr().out


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--search", "adam.learning_rat = log(1, 2)"], "Did you mean 'learning_rate'"),
        (["--search", "adam.learning_rate = log(2)"], "says not what to search"),
        (["--validation", "digits"], "digits is not for validation"),
        (["--trials", "0"], "cannot be halved"),
    ],
)
def test_refusals(tmp_path, capsys, more, message):
    assert main.main(arguments(tmp_path / "new", *more)) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
