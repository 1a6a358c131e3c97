"""The search for settings of meta-training, with a cheap objective."""

import csv
import sys

import numpy as np
import pytest

import learned_update as lu
from learned_update import configuration
from learned_update.data import group_names
from learned_update.errors import Stopped, invalid
from learned_update.evaluation import Protocol
from learned_update.evaluation.tuning import validation
from learned_update.evaluation.tuning.space import Range, bindings_of, read_range
from learned_update.evaluation.tuning.study import (
    Halving,
    check_halving,
    optuna_package,
    search_by_halving,
)
from learned_update.evaluation.tuning.trials import ranking, write_trials
from learned_update.evaluation.tuning.validation import (
    validation_datasets,
    validation_score,
)

pytest.importorskip("optuna")

RANGES = (
    Range("adam.learning_rate", "log", (1e-4, 1e-1)),
    Range("task_group.slots", "integer", (1, 8)),
    Range("update_rule.feedback", "choice", ("'fixed'", "'learned'")),
)
HALVING = Halving(trials=9, shortest=2, longest=18, reduction=3, seed=5)


FILES, SHARED = ["experiments/quickstart.gin"], ["OUTER_STEPS = 18"]


class Measure:
    """Best at a rate of 0.01; sees more of it after more outer steps."""

    def __init__(self, broken=()):
        self.calls, self.broken = [], broken

    def __call__(self, settings, outer_steps):
        self.calls.append((tuple(settings.items()), outer_steps))
        if len(self.calls) in self.broken:
            self.broken[len(self.calls)]()
        rate = float(settings["adam.learning_rate"])
        return 0.9 - 0.1 * abs(np.log10(rate) + 2) + 1e-3 * outer_steps


def search(measure, folder, halving=HALVING, conditions="these"):
    said = []
    found = search_by_halving(measure, RANGES, halving, folder, conditions, said.append)
    return found, said


def test_ranges_are_read():
    assert read_range("adam.learning_rate = log(1e-4, 1e-1)") == RANGES[0]
    assert read_range("task_group.slots=integer(1, 8)") == RANGES[1]
    assert read_range("update_rule.feedback = ['fixed', 'learned']") == RANGES[2]
    lengths = read_range("Schedule.truncation_lengths = [(6, 8), (10,)]")
    assert lengths.values == ("(6, 8)", "(10,)")
    assert read_range("a.b = linear(0, 0.5)").values == (0, 0.5)
    assert bindings_of({"a.b": "'x'"}) == ("a.b = 'x'",)


@pytest.mark.parametrize(
    "text",
    [
        "adam.learning_rate",
        "= log(1, 2)",
        "a.b = log(0, 1)",
        "a.b = log(2, 1)",
        "a.b = integer(1.5, 3)",
        "a.b = exp(1, 2)",
        "a.b = [1]",
        "a.b = log(1)",
        "a.b = __import__('os')",
    ],
)
def test_what_is_no_range(text):
    with pytest.raises(ValueError, match=r"says not what to search.*For example 'adam"):
        read_range(text)


def test_budget():
    assert HALVING.rungs == (2, 6, 18)
    assert Halving(4, 5, 20).rungs == (5, 15, 20)
    assert Halving(4, 5, 5).rungs == (5,)
    # 9 trials for 2 steps, 3 for 4 more, 1 for 12 more
    assert "at most 162 outer steps in all, about 42 if 1 in 3 goes" in str(HALVING)
    for wrong in (Halving(0, 1, 2), Halving(1, 3, 2), Halving(1, 1, 2, 1)):
        with pytest.raises(ValueError, match="cannot be halved like this"):
            check_halving(wrong)


def test_the_best_go_on_and_the_others_do_not(tmp_path):
    measure = Measure()
    trials, said = search(measure, tmp_path)
    assert len(trials) == len(said) == 9
    longest = {t.number: t.user_attrs["outer steps"] for t in trials}
    assert set(longest.values()) <= {2, 6, 18}
    assert sum(steps == 2 for steps in longest.values()) >= 3
    assert len(measure.calls) == sum((2, 6, 18).index(x) + 1 for x in longest.values())
    best = ranking(trials)[0]
    assert longest[best.number] == 18
    assert best.value == max(t.value for t in trials if longest[t.number] == 18)
    assert f"trial {best.number}, 18 outer steps: accuracy" in said[best.number]
    again, said = search(Measure(), tmp_path)
    assert [t.number for t in again] == [t.number for t in trials]
    assert said == []
    more, said = search(Measure(), tmp_path, HALVING._replace(trials=11))
    assert (len(more), len(said)) == (11, 2)


def test_what_was_stopped_goes_on_with_the_same_settings(tmp_path):
    def stop():
        raise Stopped("Stopped.", 2)

    cut = Measure({4: stop})
    with pytest.raises(KeyboardInterrupt, match="Stopped"):
        search(cut, tmp_path)
    measure = Measure()
    trials, _ = search(measure, tmp_path)
    assert len(trials) == 9
    assert measure.calls[0][0] == cut.calls[-1][0]


def test_a_problem_is_told_and_does_not_stop_the_search(tmp_path):
    def fail():
        raise invalid("It diverged.", expected="x", received="y", remedy="z")

    trials, said = search(Measure({1: fail}), tmp_path)
    assert len(trials) == 9
    assert "It diverged." in said[0]
    text = write_trials(trials, tmp_path, FILES, SHARED, "Caption.")
    assert text.startswith(
        "Caption.\n\n| trial | accuracy | outer steps | seconds | ad"
    )
    assert text.split("\n|")[-1].count("It diverged.") == 1
    assert (tmp_path / "trials.md").read_text() == text
    with open(tmp_path / "trials.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["accuracy"] == "" for row in rows] == [False] * 8 + [True]
    steps = [int(row["outer_steps"]) for row in rows[:-1]]
    assert steps == sorted(steps, reverse=True)
    spent = sum(steps)
    assert f"Spent: {spent:,} outer steps" in text


def test_the_best_is_a_configuration(tmp_path):
    trials, _ = search(Measure(), tmp_path)
    write_trials(trials, tmp_path, FILES, SHARED, "Caption.")
    best = ranking(trials)[0].user_attrs["settings"]
    lu.configure([str(tmp_path / "best.gin")])
    text = configuration.save(tmp_path / "resolved").read_text()
    assert "OUTER_STEPS = 18" in text
    for name, value in best.items():
        assert name in text
        assert value in text


def test_another_search_is_not_mixed_in(tmp_path):
    search(Measure(), tmp_path)
    with pytest.raises(
        ValueError, match=r"other conditions.*others these.*others thos"
    ):
        search(Measure(), tmp_path, conditions="those")
    with pytest.raises(ValueError, match=r"rungs \[2, 6, 18\].*rungs \[2, 6\]"):
        search(Measure(), tmp_path, HALVING._replace(longest=6))


def test_without_optuna(monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(ValueError, match=r'pip install "learned-update\[tune\]"'):
        optuna_package()


@pytest.mark.parametrize("name", ["mnist", "glyphs/hebrew", "glyphs/greek", "imdb"])
def test_only_validation_data_have_a_say(name):
    with pytest.raises(ValueError, match=rf"{name} is not for validation.*no say in"):
        validation_datasets([name], size=8)


def test_cifar10_stands_for_its_test_part(monkeypatch):
    asked = []
    monkeypatch.setattr(validation, "load", lambda *given: asked.append(given))
    validation_datasets(["cifar10"], size=16, channels=3)
    assert asked == [("cifar10", 16, 3, "test")]


def test_validation_scores():
    assert "glyphs/meta_validation" in group_names()
    datasets = validation_datasets(["synthetic/tables/1001"])
    protocol = Protocol(units=(6, 5), initialisations=1, episodes=4, shots=3)
    score = validation_score(datasets, 2, protocol)
    first = score("glyphs")
    assert 0.1 < first <= 1
    assert score("glyphs") == first
    assert len(score.trainers) == 1
