"""The comparison of estimators: equal compute, and what becomes of the runs."""

import csv
import json

import gin
import numpy as np
import pytest
from matplotlib.image import imread

from learned_update import registration
from learned_update.errors import InvalidInputError
from learned_update.reproductions.ablations.scores import Arm
from learned_update.reproductions.estimators import losses as losses_module
from learned_update.reproductions.estimators import reproduction as module
from learned_update.reproductions.estimators.arms import (
    ARMS,
    chosen_arms,
    outer_steps,
    schedule_bindings,
)
from learned_update.reproductions.shared.measured import write
from learned_update.training import estimators as by_name

LENGTHS = (6, 8, 10)


@pytest.fixture(autouse=True)
def _clean_gin():
    gin.clear_config()
    yield
    gin.clear_config()


def test_every_estimator_of_the_package_is_compared():
    functions = {
        name
        for name, value in vars(by_name).items()
        if callable(value) and value.__module__ == by_name.__name__ and name[0] != "_"
    }
    assert {arm.binding for arm in ARMS.values()} == functions


def test_all_do_as_many_passes():
    for arm in ARMS.values():
        steps = outer_steps(arm, 4800, LENGTHS, whole_unroll=20)
        length = 20 if arm.whole_unrolls else 8
        assert steps * arm.passes * length == pytest.approx(4800, rel=0.02)
    assert outer_steps(ARMS["mixture"], 1, LENGTHS, 20) == 1


@pytest.mark.parametrize("name", ARMS)
def test_runs_are_configured_so(name):
    arm = ARMS[name]
    bindings = (
        *module._budget(arm, 60, 6),
        *schedule_bindings(arm, LENGTHS, 100, 20),
    )
    registration.configure(["experiments/quickstart.gin"], bindings)
    schedule = gin.get_configurable("Schedule")()
    estimator = gin.get_bindings("meta_train")["estimator"]
    assert estimator(0.3, "steps", schedule).clip_norm == 0.3
    assert schedule.unroll_lengths == ((20, 20) if arm.whole_unrolls else (10, 100))
    assert gin.query_parameter("meta_train.keep_every") == 10


def stand_ins(monkeypatch):
    """Nothing is trained or scored; the runs that were asked for are returned."""
    asked = []

    def train_all(runs, *_):
        asked.extend(runs)
        for run in runs:
            run.folder.mkdir(parents=True)
            rows = [
                {
                    "outer_step": step,
                    "truncation_length": 8,
                    "cpu_seconds": 10.0 if step == 1 else 0.5,
                    "skipped": 0,
                }
                for step in range(1, 5)
            ]
            text = "".join(json.dumps(row) + "\n" for row in rows)
            (run.folder / "metrics.jsonl").write_text(text)

    def checkpoint_losses(run_dirs, tasks, steps):
        return {
            str(path): {0: [0.6, 0.4], 4: [0.3 + 0.01 * i, 0.3]}
            for i, path in enumerate(run_dirs)
        }

    def score_arms(paths, failed, loaded, steps, protocol, progress):
        rng = np.random.default_rng(0)
        scored = {
            name: Arm(
                seeds=tuple(runs),
                accuracies={"digits": rng.uniform(size=(len(runs), 2, 3))},
            )
            for name, runs in paths.items()
        }
        return scored, {}

    monkeypatch.setattr(module, "train_all", train_all)
    monkeypatch.setattr(module, "checkpoint_losses", checkpoint_losses)
    monkeypatch.setattr(module, "score_arms", score_arms)
    return asked


def test_table_and_figure(monkeypatch, tmp_path):
    asked = stand_ins(monkeypatch)
    measured = module.estimators(
        "any", folder=tmp_path, seeds=(0, 1), datasets=("digits",)
    )
    assert [run.seed for run in asked] == [0] * 6 + [1] * 6  # all before the next seed
    assert len({run.folder for run in asked}) == 12
    text = write(measured, "estimators", tmp_path, "caption")
    lines = {line.split(" | ")[0]: line for line in text.splitlines()}
    assert (
        "| 4 | 2 | 0.5000 | 0.3000 0.3050 |" in (lines["| truncated backpropagation"])
    )
    with (tmp_path / "estimators.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 24
    last = [row for row in rows if row["estimator"] == "mixture"][-1]
    assert float(last["passes"]) == 4 * 8 * 7
    assert float(last["cpu_seconds"]) == 1.5  # without the first, which compiles
    assert imread(tmp_path / "estimators.png").shape[1] > 500


def test_the_quick_form_is_small(monkeypatch, tmp_path):
    asked = stand_ins(monkeypatch)
    module.estimators("any", quick=True, folder=tmp_path, datasets=("digits",))
    assert [run.folder.parent.name for run in asked] == [
        "truncated_backpropagation",
        "persistent_es",
    ]
    assert all("meta_train.outer_steps = 1" in run.bindings[1] for run in asked[:1])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"passes": 0}, "compare estimators by. Expected: passes >= 1"),
        ({"names": ("PES",)}, "no estimator 'PES' to compare.*persistent ES"),
    ],
)
def test_what_makes_no_sense(options, message):
    with pytest.raises(ValueError, match=message):
        module.estimators("any", **options)


def test_chosen_arms_are_in_their_order():
    assert [*chosen_arms(("mixture", "truncated ES"))] == ["truncated ES", "mixture"]


@pytest.mark.parametrize(
    ("program", "error", "message"),
    [
        ('print(\'{"error": "there is no run"}\')', InvalidInputError, "no run"),
        ("raise SystemExit(3)", OSError, "status 3"),
    ],
)
def test_a_process_that_fails(monkeypatch, capsys, program, error, message):
    command = (losses_module.PROGRAM[0], "-c", program)
    monkeypatch.setattr(losses_module, "PROGRAM", command)
    with pytest.raises(error, match=message):
        losses_module.checkpoint_losses(["a"], 1, 1)
