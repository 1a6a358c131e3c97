"""The ablation: its arms, runs that stop, fail and go on, and paired differences."""

import hashlib
import json
import os
import pathlib
import signal
import threading
import time

import gin
import numpy as np
import pytest

import learned_update as lu
from learned_update import configuration
from learned_update.data import load_all
from learned_update.evaluation import Protocol
from learned_update.evaluation.results.intervals import interval
from learned_update.layers.rules import configured_rule
from learned_update.layers.weight_changes.terms import NEURON_LOCAL_TERMS
from learned_update.registration import register_all
from learned_update.reproductions.ablations import reproduction as module
from learned_update.reproductions.ablations.arms import (
    ARMS,
    WHOLE,
    arm_bindings,
    chosen_arms,
)
from learned_update.reproductions.ablations.comparison import (
    BEGUN,
    GIN_FILE,
    UNTRAINED,
    configuration_of,
)
from learned_update.reproductions.ablations.figure import ablation_figure
from learned_update.reproductions.ablations.reproduction import ablations
from learned_update.reproductions.ablations.scores import Arm, estimate
from learned_update.reproductions.ablations.table import (
    ablation_markdown,
    ablation_rows,
)
from learned_update.reproductions.shared import runs as ablation_runs
from learned_update.reproductions.shared.runs import Run, train_all
from learned_update.reproductions.shared.scoring import (
    RANDOM,
    before_and_after,
    trainer_of,
)
from learned_update.reproductions.shared.scoring import trials as trials_of
from tests.reproductions.ablations.programs import SMALL

QUICKSTART = "experiments/quickstart.gin"
TINY = (  # of the quickstart
    "task_group.slots = 1",
    "task_group.units = (5,)",
    "task_group.batch_size = 6",
    "Schedule.truncation_lengths = (1,)",
    "Schedule.unroll_lengths = (1, 1)",
    "task_distribution.datasets = ('glyphs/greek',)",
    "task_distribution.ways = 2",
    "task_distribution.shots = 2",
    "task_distribution.queries = 2",
    "glyphs.renderings = 6",
    "meta_train.outer_steps = 1",
    "meta_train.tensorboard = False",
    "experiment.report = None",
)


@pytest.fixture(autouse=True)
def _clean_gin():
    gin.clear_config()
    yield
    gin.clear_config()


def parts(arm):
    """What the configuration of an arm builds."""
    register_all()
    configuration.load([QUICKSTART], arm_bindings(arm))
    rule = configured_rule()
    errors, updates = rule.error_network, rule.update_network
    return {
        "feedback": rule.feedback,
        "terms": updates.weight_change.terms,
        "feedback changes as kernel": updates.feedback_change is None,
        "mixing": [type(x).__name__ for x in errors.unit_network.layers[1:]],
        "weight statistics": errors.features.weight_statistics,
        "unit identity": errors.features.unit_identity,
        "objective": gin.query_parameter("meta_train.objective").selector,
        "joint statistics": gin.query_parameter("meta_train.joint_statistics"),
    }


def without(*names):
    return {"terms": tuple(x for x in NEURON_LOCAL_TERMS if x not in names)}


HEBB, OTHERS = "hebb_positive", ("decorr_off_diagonal", "cubic_decay", "winner")
READOUTS = [x for x in NEURON_LOCAL_TERMS if x not in (HEBB, *OTHERS)]
CHANGES = {
    WHOLE: {},
    "feedback: fixed": {"feedback": "fixed"},
    "feedback: transpose": {"feedback": "transpose"},
    "feedback: change of its own": {"feedback changes as kernel": False},
    "no Hebbian term": without("hebb_positive"),
    "no decorrelation": without("decorr_off_diagonal"),
    "no winner term": without("winner"),
    "no cubic decay": without("cubic_decay"),
    "no readout: zeroth order": without("0_order"),
    "no readout: first order": without("1_order"),
    "no readout: radial": without("rbf"),
    "no readout: linear, above": without("lin_upper_symm"),
    "no readout: linear, above, positive": without("lin_upper_psd"),
    "no readout: linear, below": without("lin_lower_symm"),
    "no readout: square, above": without("sqr_upper_symm"),
    "no readout: square, below": without("sqr_lower_symm"),
    "no readouts": without(*READOUTS),
    "readouts only": without(HEBB, *OTHERS),
    "no mixing": {"mixing": []},
    "mixing: convolutions": {"mixing": ["ConvolutionMixing"]},
    "no weight statistics": {"weight statistics": False},
    "with unit identity": {"unit identity": True},
    "objective: squared error": {"objective": "squared_objective"},
    "query: statistics of the support": {"joint statistics": False},
}
WHOLE_PARTS = {
    "feedback": "learned",
    "terms": NEURON_LOCAL_TERMS,
    "feedback changes as kernel": True,
    "mixing": ["MomentMixing"],
    "weight statistics": True,
    "unit identity": False,
    "objective": "cosine_objective",
    "joint statistics": True,
}


@pytest.mark.parametrize("arm", ARMS)
def test_an_arm_takes_its_part_away_and_nothing_else(arm):
    assert parts(arm) == {**WHOLE_PARTS, **CHANGES[arm]}


def test_every_term_is_left_out_once_and_the_whole_rule_is_first():
    removed = [
        set(NEURON_LOCAL_TERMS) - set(change["terms"])
        for change in CHANGES.values()
        if "terms" in change
    ]
    single = sorted(next(iter(names)) for names in removed if len(names) == 1)
    assert single == sorted(NEURON_LOCAL_TERMS)
    assert chosen_arms()[0] == WHOLE
    assert chosen_arms(["no mixing"]) == (WHOLE, "no mixing")
    with pytest.raises(
        ValueError, match="no ablation 'no mixin'. Expected: some of 'w"
    ):
        chosen_arms(["no mixin"])


def run_of(folder, *words, seed=0, needed=False):
    return Run(folder, QUICKSTART, words, seed, needed)


def starts(run):
    return (run.folder / "starts").read_text().split().count("started")


def test_ctrl_c_reaches_the_run_and_the_same_call_goes_on(program, tmp_path):
    runs = [run_of(tmp_path / "a"), run_of(tmp_path / "b", "halting")]
    runs.append(run_of(tmp_path / "c"))

    def interrupt():
        while not (tmp_path / "b" / "ready").exists():
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt, match="with 2 of 3 meta-training runs to go"):
        train_all(runs, progress=False)
    assert (tmp_path / "b" / "checkpoint").exists()
    assert not (tmp_path / "c").exists()
    assert train_all(runs, processes=2, progress=False) == {}
    assert [starts(run) for run in runs] == [1, 2, 1]
    told = json.loads((tmp_path / "c.json").read_text())
    assert told["seed"] == 0
    assert train_all([run_of(tmp_path / "c", seed=1)], progress=False) == {}
    assert starts(runs[2]) == 2  # told something else, `train` is asked


def test_a_failing_run_is_reported_and_a_needed_one_ends_all(program, tmp_path):
    runs = [run_of(tmp_path / "a", "failing"), run_of(tmp_path / "b")]
    assert train_all(runs, progress=False) == {runs[0]: "The loss is NaN."}
    assert starts(runs[1]) == 1
    needed = run_of(tmp_path / "d", "failing", needed=True)
    with pytest.raises(ValueError, match="d, which all others .* Received: The loss"):
        train_all([needed, run_of(tmp_path / "e")], progress=False)
    assert not (tmp_path / "e").exists()


def test_threads_are_shared_between_runs(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    shared = ablation_runs._environment(2)
    assert {shared[name] for name in ablation_runs.THREAD_VARIABLES} == {"3"}
    alone = ablation_runs._environment(1)
    assert alone.get("TF_NUM_INTRAOP_THREADS") == os.environ.get(
        "TF_NUM_INTRAOP_THREADS"
    )


def test_a_run_that_is_finished_is_not_repeated(tmp_path):
    run = run_of(tmp_path / "seed_0", *TINY, needed=True)
    assert train_all([run], progress=False) == {}
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"rule.keras", "config.gin", "finished"}
    before = {path: digest(path) for path in files}
    assert train_all([run], progress=False) == {}
    assert {path: digest(path) for path in files} == before


def digest(path):
    return path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def failing_arm(monkeypatch):
    monkeypatch.setattr(module, "arm_bindings", bindings_of_two)


def bindings_of_two(arm):
    return ("failing",) if arm == "no mixing" else ARMS[arm]


def test_all_arms_begin_with_a_rule_that_is_there(program, rules, tmp_path):
    """Then it is a row, and so is its form with theta as before meta-training."""
    found = ablations(
        None,
        "glyphs",
        folder=tmp_path,
        arms=("no decorrelation",),
        initial_rule=str(rules / "2.keras"),
        datasets=("digits",),
        steps=3,
        progress=False,
        **SMALL,
    )
    rows = {row[1]: dict(zip(found.columns, row, strict=True)) for row in found.rows}
    assert list(rows) == [WHOLE, "no decorrelation", BEGUN, UNTRAINED, RANDOM]
    drawn = tmp_path / "ablations" / "drawn_anew.keras"
    log_rate, log_decay = lu.load_rule(drawn).get_weights()
    np.testing.assert_allclose([log_rate, log_decay], [np.log(0.5), 0], rtol=1e-6)
    assert lu.load_rule(rules / "2.keras").get_weights()[0] != log_rate
    _, expected = accuracies(drawn)
    np.testing.assert_allclose(rows[UNTRAINED]["accuracy"], expected.mean(), rtol=1e-12)
    _, begun = accuracies(rules / "3.keras")
    np.testing.assert_allclose(rows[BEGUN]["accuracy"], begun.mean(), rtol=1e-12)
    told = tmp_path / "ablations" / "whole_rule" / "seed_0.json"
    binding = f"meta_train.initial_rule = '{rules / '2.keras'}'"
    assert binding in json.loads(told.read_text())["bindings"]
    assert f"100 outer steps from {rules / '2.keras'} of " in found.settings


def test_table_and_paired_differences(program, failing_arm, rules, tmp_path):
    found = ablations(
        None,
        "glyphs",
        folder=tmp_path,
        arms=("no decorrelation", "no mixing"),
        datasets=("digits",),
        steps=3,
        progress=False,
        **SMALL,
    )
    rows = {row[1]: dict(zip(found.columns, row, strict=True)) for row in found.rows}
    assert list(rows) == [WHOLE, "no decorrelation", "no mixing", UNTRAINED, RANDOM]
    random, whole = accuracies(rules / "0.keras")
    expected = {
        WHOLE: whole,
        "no decorrelation": accuracies(rules / "1.keras")[1],
        UNTRAINED: accuracies(rules / "3.keras")[1],
        RANDOM: random,
    }
    for arm, scores in expected.items():
        row = rows[arm]
        np.testing.assert_allclose(row["accuracy"], scores.mean(), rtol=1e-12)
        gaps = np.mean(scores - whole, axis=1)  # (initialisations,)
        half_width = 12.706204736 * abs(gaps[0] - gaps[1]) / 2  # t of one freedom
        np.testing.assert_allclose(row["difference"], gaps.mean(), atol=1e-12)
        np.testing.assert_allclose(row["difference_half_width"], half_width, atol=1e-9)
    assert rows[WHOLE]["meta_loss"] == np.mean(np.arange(3, 13) / 2)
    assert rows[WHOLE]["seconds_per_outer_step"] == 6.5
    size = sum(x.size for x in lu.load_rule(rules / "0.keras").get_weights())
    assert rows[WHOLE]["theta_size"] == size
    failed = rows["no mixing"]
    assert (failed["failed"], failed["seeds"]) == ("The loss is NaN.", 0)
    assert np.isnan(failed["accuracy"])
    assert "| no mixing | failed |" in found.table
    assert "* no mixing: failed: The loss is NaN." in found.table
    gap = 100 * (expected["no decorrelation"] - whole).mean()
    assert f"| {gap:+.1f} ± " in found.table
    assert (tmp_path / "ablations" / "no_decorrelation" / "seed_0").is_dir()


def accuracies(path):
    rule, protocol = lu.load_rule(path), Protocol(**SMALL)
    (digits,) = load_all(("digits",), size=8)
    trainer = trainer_of(rule, protocol)
    return before_and_after(trainer, trials_of(digits, protocol), 3, protocol)


def test_seeds_of_meta_training_are_an_axis_crossed_with_initialisations():
    rng = np.random.default_rng(0)
    scores = rng.uniform(size=(2, 3, 4))  # (seeds, initialisations, episodes)
    assert estimate(scores[:1]) == interval(scores[0])
    families = np.stack([scores, scores[::-1]])
    assert estimate(families[:, :1]) == interval(families[:, 0])
    means = scores.mean(axis=2)
    a, b = means.mean(axis=1), means.mean(axis=0)
    first, second = a.var(ddof=1) / 2, b.var(ddof=1) / 3
    residual = means - a[:, None] - b + means.mean()
    shared = np.sum(residual**2) / (1 * 2 * 2 * 3)
    variance = max(first, second, first + second - shared)
    found = estimate(scores)
    np.testing.assert_allclose(found.mean, scores.mean())
    freedom = (first + second) ** 2 / (first**2 + second**2 / 2)
    from scipy import stats

    quantile = stats.t.ppf(0.975, freedom)
    np.testing.assert_allclose(found.half_width, quantile * variance**0.5)


def arm_of(scores, seeds):
    names = ("digits", "glyphs/lao", "glyphs/thai")
    return Arm(seeds, {name: scores + i for i, name in enumerate(names)}, 0.5, 2.0, 7)


def test_a_seed_that_failed_is_left_out_of_the_difference_only_for_that_arm():
    rng = np.random.default_rng(1)
    whole, other = rng.uniform(size=(2, 3, 2, 4))
    arms = {WHOLE: arm_of(whole, (0, 1, 2)), "other": arm_of(other[1:], (1, 2))}
    arms["other"] = arms["other"]._replace(reasons=("It broke.",), skipped=4)
    rows = ablation_rows(arms, WHOLE)
    assert len(rows) == 2 * 4  # two arms; three data sets and the mean of two
    row = rows[-1]
    assert (row.dataset, row.arm, row.seeds) == ("glyphs (mean of 2)", "other", 2)
    np.testing.assert_allclose(row.accuracy, other[1:].mean() + 1.5)
    np.testing.assert_allclose(row.difference, (other[1:] - whole[1:]).mean())
    text = ablation_markdown(rows, WHOLE)
    assert "glyphs/lao" not in text
    assert text.count("| other |") == 2
    assert "* other: failed: It broke." in text
    assert "* other: 4 outer steps skipped" in text
    figure = ablation_figure(rows, WHOLE, "title")
    assert [axis.get_title() for axis in figure.axes] == ["digits", row.dataset]


def test_figure_is_sorted_with_what_failed_at_the_bottom():
    scores = np.full((1, 2, 3), 0.5)
    arms = {WHOLE: arm_of(scores, (0,)), "failing": Arm(reasons=("NaN",))}
    arms |= {"better": arm_of(scores + 0.1, (0,)), "worse": arm_of(scores - 0.1, (0,))}
    figure = ablation_figure(ablation_rows(arms, WHOLE), WHOLE, "title")
    labels = [x.get_text() for x in figure.axes[0].get_yticklabels()]
    assert labels == ["failing", "worse", "better"]
    assert "failed" in figure.axes[0].texts[0].get_text()


def test_the_configuration_is_that_of_the_run_if_it_has_one(tmp_path):
    assert GIN_FILE == QUICKSTART
    assert configuration_of(None) == QUICKSTART
    assert configuration_of(tmp_path) == QUICKSTART
    (tmp_path / "config.gin").touch()
    assert configuration_of(tmp_path) == pathlib.Path(tmp_path, "config.gin")


def test_numbers_that_make_no_sense():
    with pytest.raises(ValueError, match=r"Expected: processes >= 1. Received: proc"):
        ablations(None, "glyphs", processes=0)
    with pytest.raises(ValueError, match=r"Received: len\(seeds\)=0"):
        ablations(None, "glyphs", seeds=())
