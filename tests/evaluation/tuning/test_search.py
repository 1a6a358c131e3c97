"""The search for settings: what it scores, chooses, keeps and leaves unread."""

import csv
import importlib.util
import inspect
import json
import pathlib

import gin
import numpy as np
import pytest

import learned_update as lu
from learned_update import baselines
from learned_update.baselines import KMeansFeatures
from learned_update.data import Dataset, digits
from learned_update.evaluation.episodes import split_pair
from learned_update.evaluation.episodes.files import write_episodes
from learned_update.evaluation.episodes.fixed_sets import draw_episode_set
from learned_update.evaluation.episodes.split_pair import (
    load_pair,
    load_train,
    pixels_of,
)
from learned_update.evaluation.methods.by_name import (
    METHODS,
    UNTUNED,
    Setting,
    untuned_prototypical_methods,
)
from learned_update.evaluation.methods.rule_features import RuleFeatures
from learned_update.evaluation.methods.tuned import TUNED
from learned_update.evaluation.readouts.by_name import ridge
from learned_update.evaluation.test_sets.protocol import ComparisonProtocol
from learned_update.evaluation.tuning import search as tuning
from learned_update.evaluation.tuning.grids import (
    GRIDS,
    SETTINGS_PER_METHOD,
    UPDATE_RULE,
)
from learned_update.evaluation.tuning.log import Attempt, read_attempts
from learned_update.evaluation.tuning.report import write_tuning
from learned_update.evaluation.tuning.search import best_settings, tune, validation
from learned_update.layers import local_rule
from learned_update.meta import BaseTrainer

SEARCH = {
    "datasets": ("digits", "glyphs/greek"),
    "size": 8,
    "methods": ("k-means", "Hebbian"),
    "units": (8, 6),
    "episodes": 2,
    "shots": 5,
    "queries": 2,
    "baseline_share": 0.01,
    "progress": False,
}
ONCE = SEARCH | {"datasets": ("digits",), "methods": ("k-means",), "queries": 4}
LABELLED = Dataset(
    "noise",
    np.random.default_rng(0).uniform(size=(60, 6, 6, 1)).astype(np.float32),
    np.repeat(np.arange(3, dtype=np.int32), 20),
    ("a", "b", "c"),
)
CLASSES = {
    "k-means": baselines.KMeansFeatures,
    "variational autoencoder": baselines.Vae,
    "denoising autoencoder": baselines.DenoisingAutoencoder,
    "contrastive": baselines.Contrastive,
    "Hebbian": baselines.Hebbian,
    "supervised": baselines.Supervised,
}
FEWER = {"k-means": 4}  # sensible settings
TOOL = pathlib.Path(__file__).parents[3] / "tools" / "tune_baselines.py"


def protocol_of(search):
    names = ComparisonProtocol.__dataclass_fields__
    fields = {name: search[name] for name in names if name in search}
    return ComparisonProtocol(**tuning.VALIDATION | fields)


def ridge_accuracies(method, pair, episodes):
    """Of episodes of 5 shots and 4 queries, one after the other."""
    accuracies = []
    for classes, support, query in zip(
        episodes.classes, episodes.support, episodes.query, strict=True
    ):
        predicted = ridge(
            method.embed(pixels_of(pair.train, support.ravel())),
            np.repeat(classes, 5),
            method.embed(pixels_of(pair.test, query.ravel())),
        )
        accuracies.append(np.mean(predicted == np.repeat(classes, 4)))
    return accuracies


@pytest.fixture(scope="module")
def searched(tmp_path_factory):
    path = tmp_path_factory.mktemp("search") / "tuning.jsonl"
    return tune(lu.UpdateRule(), "initial", path, **SEARCH), path


@pytest.mark.parametrize("name", GRIDS)
def test_grid_is_a_budget_that_begins_with_the_default(name):
    grid = GRIDS[name]
    assert len(grid) == FEWER.get(name, SETTINGS_PER_METHOD)
    assert len({json.dumps(settings, sort_keys=True) for settings in grid}) == len(grid)
    assert {tuple(settings) for settings in grid} == {tuple(grid[0])}
    most = 2 * grid[0].get("steps", 0)
    assert all(settings.get("steps", 0) <= most for settings in grid)
    if name in CLASSES:
        parameters = inspect.signature(CLASSES[name]).parameters
        assert grid[0] == {key: parameters[key].default for key in grid[0]}


def test_settings_in_use_are_of_the_grids():
    assert {UPDATE_RULE, *TUNED} == {*GRIDS}
    assert {*CLASSES} == {*TUNED} & {*METHODS}
    assert all(TUNED[name] in GRIDS[name] for name in TUNED)
    protocol = ComparisonProtocol()
    of_rule = {"steps": protocol.steps, "batch_size": protocol.batch_size}
    assert of_rule in GRIDS[UPDATE_RULE]


@pytest.mark.parametrize("name", CLASSES)
def test_settings_of_a_grid_make_its_method(name):
    setting = Setting(lu.BaseMLP((16, 8)), 3, (6, 6, 1), 8)
    for settings in GRIDS[name]:
        made = UNTUNED[name].make(setting, **settings)
        assert isinstance(made, CLASSES[name])
        assert {key: getattr(made, key) for key in settings} == settings
    made = METHODS[name].make(setting)
    assert {key: getattr(made, key) for key in TUNED[name]} == TUNED[name]


MADE = []


class StandInNetwork:
    """Notes in `MADE` how it was made."""

    seconds = 2.5

    def __init__(self, base, seed, steps, **settings):
        MADE.append((seed, steps, settings))

    def fit(self, tasks):
        return self


def test_prototypical_networks_of_the_grids_are_trained_once(monkeypatch):
    monkeypatch.setattr(
        "learned_update.evaluation.methods.by_name.PrototypicalNetwork", StandInNetwork
    )
    setting = Setting(lu.BaseMLP((16, 8)), 3, (6, 6, 1), 8, share=0.5)
    for name, method in untuned_prototypical_methods([LABELLED], ways=2).items():
        MADE.clear()
        for settings in 2 * GRIDS[name]:
            assert method.make(setting, **settings).earlier_seconds == 2.5
        assert [
            (3, settings["steps"] // 2, {"learning_rate": settings["learning_rate"]})
            for settings in GRIDS[name]
        ] == MADE


def test_best_is_the_largest_mean_over_the_data_sets(searched):
    found, _ = searched
    assert list(found.best) == ["k-means", "Hebbian"]
    assert len(found.attempts) == 2 * (4 + 10)
    for method in SEARCH["methods"]:
        scores = np.array(
            [
                [
                    each.accuracy
                    for each in found.attempts
                    if (each.method, each.settings) == (method, settings)
                ]
                for settings in GRIDS[method]
            ]
        )
        assert scores.shape == (len(GRIDS[method]), 2)
        assert found.best[method] == GRIDS[method][scores.mean(axis=1).argmax()]
        assert scores.min() > 0.2
        assert scores.max() <= 1.0
    assert {each.dataset for each in found.attempts} == {
        "digits 8x8",
        "glyphs/greek 8x8",
    }


def attempt(settings, dataset, accuracy):
    return Attempt(
        "m", {"s": settings}, dataset, {}, accuracy, 1.0, "" if accuracy else "No."
    )


def test_first_of_equals_is_best_and_what_failed_once_is_not():
    scores = {0: (0.5, 0.25), 1: (0.25, 0.5), 2: (1.0, None)}
    attempts = [
        attempt(settings, dataset, scores[settings][place])
        for place, dataset in enumerate("ab")
        for settings in scores
    ]
    assert best_settings(attempts) == {"m": {"s": 0}}
    with pytest.raises(ValueError, match=r"No setting of 'm' can be used.*No\."):
        best_settings(attempts[2::3])


def test_accuracy_is_that_of_the_ridge_read_out_on_the_parts():
    found = tune(lu.UpdateRule(), "initial", **ONCE)
    pair, episodes = validation("digits", load_pair("digits").train, protocol_of(ONCE))
    k_means = KMeansFeatures(6, seed=1000, restarts=1).fit(pixels_of(pair.train, ...))
    accuracies = ridge_accuracies(k_means, pair, episodes)
    assert found.attempts[1].settings == {"restarts": 1}
    assert found.attempts[1].accuracy == pytest.approx(np.mean(accuracies), abs=1e-12)


def test_update_rule_and_labelled_methods_are_searched(monkeypatch):
    grids = {
        UPDATE_RULE: ({"steps": 2, "batch_size": 8},),
        "supervised": GRIDS["supervised"][:1],
    }
    monkeypatch.setattr(tuning, "GRIDS", grids)
    rule = local_rule("oja")
    found = tune(rule, "initial", **ONCE | {"methods": None})
    assert [each.method for each in found.attempts] == [UPDATE_RULE, "supervised"]
    of_rule, supervised = found.attempts
    assert of_rule.conditions["rule"] == "initial"
    assert "rule" not in supervised.conditions
    assert supervised.accuracy > 0.3

    protocol = protocol_of(ONCE)
    pair, episodes = validation("digits", load_pair("digits").train, protocol)
    trainer = BaseTrainer(rule, rule.base_mlp((8, 6)), average=True)
    method = RuleFeatures(trainer, 2, 8, seed=1000).fit(pixels_of(pair.train, ...))
    assert of_rule.accuracy == pytest.approx(
        np.mean(ridge_accuracies(method, pair, episodes)), abs=1e-12
    )


def test_search_goes_on_where_it_stopped(searched, tmp_path, monkeypatch):
    complete, path = searched
    lines = path.read_text().splitlines(keepends=True)
    assert len(lines) == 28
    cut = tmp_path / "cut.jsonl"
    cut.write_text("".join(lines[:24]) + lines[24][:30])
    tried, compare = [], tuning.compare

    def counted(*arguments, **keywords):
        tried.append(arguments)
        return compare(*arguments, **keywords)

    monkeypatch.setattr(tuning, "compare", counted)
    resumed = tune(lu.UpdateRule(), "initial", cut, **SEARCH)
    assert len(tried) == 4
    assert resumed.best == complete.best
    for found, expected in zip(resumed.attempts, complete.attempts, strict=True):
        assert found._replace(seconds=0) == expected._replace(seconds=0)
    assert [each.key for each in read_attempts(cut)] == [
        json.dumps(list(json.loads(line).values())[:4], sort_keys=True)
        for line in lines
    ]
    tune(lu.UpdateRule(), "initial", cut, **SEARCH)
    assert len(tried) == 4
    tune(lu.UpdateRule(), "initial", cut, **ONCE | {"shots": 4})
    assert len(tried) == 8  # accuracies of another protocol are others


def test_another_theta_is_searched_anew():
    rule = lu.UpdateRule()
    before, after = (
        tuning._conditions(UPDATE_RULE, ComparisonProtocol(), each, "same", ())
        for each in (rule, lu.UpdateRule(seed=1))
    )
    assert before != after
    assert before == tuning._conditions(
        UPDATE_RULE, ComparisonProtocol(steps=3), rule, "same", ()
    )


def test_test_split_is_not_read(monkeypatch):
    asked = []

    def train_alone(name, size, split):
        asked.append((name, split))
        return digits()._replace(name=name)

    monkeypatch.setattr(split_pair, "load", train_alone)
    found = tune(lu.UpdateRule(), "initial", **ONCE | {"datasets": ("mnist",)})
    assert asked == [("mnist", "train")]
    assert {each.dataset for each in found.attempts} == {"mnist 8x8"}


def test_train_split_is_that_of_the_pair():
    np.testing.assert_array_equal(
        load_train("digits", 6).images, load_pair("digits", 6).train.images
    )


def test_parts_are_disjoint_and_without_labelled_test_examples(tmp_path, monkeypatch):
    train = digits()._replace(
        images=np.arange(1797, dtype=np.float32).reshape(-1, 1, 1, 1)
    )
    shipped = draw_episode_set("digits", train.labels, train.labels, episodes=3)
    write_episodes(shipped, tmp_path / "digits.json")
    monkeypatch.setattr(tuning, "shipped_episodes", lambda _: tmp_path / "digits.json")
    pair, episodes = validation("digits", train, ComparisonProtocol(queries=9))
    rows = [part.images.ravel().astype(int) for part in pair]
    expected = np.setdiff1d(np.arange(1797), shipped.support)
    np.testing.assert_array_equal(np.sort(np.concatenate(rows)), expected)
    assert len(rows[1]) == pytest.approx(len(expected) / 7, abs=5)
    for part, found in zip(pair, rows, strict=True):
        np.testing.assert_array_equal(part.labels, train.labels[found])
    assert episodes.support.max() < len(rows[0])
    assert episodes.query.max() < len(rows[1])
    other = train._replace(labels=train.labels[::-1].copy())
    assert (
        sum(
            map(
                len,
                (
                    part.labels
                    for part in validation(
                        "digits", other, ComparisonProtocol(queries=9)
                    )[0]
                ),
            )
        )
        == 1797
    )


def test_what_diverges_is_kept_with_its_reason(tmp_path, monkeypatch):
    grids = {
        "Hebbian": (GRIDS["Hebbian"][0], GRIDS["Hebbian"][0] | {"shrinkage": -1.0})
    }
    monkeypatch.setattr(tuning, "GRIDS", grids)
    options = ONCE | {"methods": None}
    found = tune(lu.UpdateRule(), "initial", tmp_path / "log.jsonl", **options)
    assert found.best == {"Hebbian": GRIDS["Hebbian"][0]}
    assert found.attempts[1].accuracy is None
    assert "shrinkage=-1.0" in found.attempts[1].problem
    assert read_attempts(tmp_path / "log.jsonl") == found.attempts


def test_files(searched, tmp_path):
    found, _ = searched
    text = write_tuning(found, tmp_path)
    assert (tmp_path / "tuning.md").read_text(encoding="utf-8") == text
    assert text.startswith("Tuning on digits 8x8, glyphs/greek 8x8: 2 validation")
    with open(tmp_path / "tuning.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 28
    means = {
        restarts: np.mean(
            [
                float(row["accuracy"])
                for row in rows
                if row["settings"] == f"restarts={restarts}"
            ]
        )
        for restarts in (4, 1, 2, 8)
    }
    best = max(means, key=means.get)
    assert (
        f"| k-means | 4 | restarts={best} | {100 * means[4]:.1f} | "
        f"{100 * means[best]:.1f} |" in text
    )


@pytest.mark.parametrize("name", ["pca", "raw pixels"])
def test_unknown_method_is_an_error(name):
    with pytest.raises(
        ValueError, match=rf"nothing to tune.*'{name}'.*update rule, k-"
    ):
        tune(lu.UpdateRule(), "initial", **ONCE | {"methods": (name,)})


def test_file_that_is_no_log_is_an_error_and_stays(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("Buy milk.\n")
    with pytest.raises(ValueError, match=r"notes.txt is no log of a search.*Buy milk"):
        tune(lu.UpdateRule(), "initial", path, **ONCE)
    assert path.read_text() == "Buy milk.\n"


@pytest.fixture
def tool():
    spec = importlib.util.spec_from_file_location("tune_baselines", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    gin.clear_config()


def test_tool_searches_and_writes(tool, tmp_path, capsys):
    bindings = {**ONCE, "datasets": ("digits",)}
    del bindings["methods"]
    parameters = [
        word
        for name, value in bindings.items()
        for word in ("--gin_param", f"tune.{name} = {value!r}")
    ]
    output = ["--output", str(tmp_path), "--methods", "k-means"]
    assert tool.main([*output, *parameters]) == 0
    assert "| k-means | 4 | restarts=" in capsys.readouterr().out
    assert {path.name for path in tmp_path.iterdir()} == {
        "tuning.csv",
        "tuning.md",
        "tuning.jsonl",
    }
    gin.clear_config()
    assert tool.main(["--output", str(tmp_path), "--methods", "k-mean"]) == 2
    assert "nothing to tune of a method 'k-mean'" in capsys.readouterr().err
