"""Few-shot scores of a rule that anybody can follow, and the report of a real one."""

import csv

import numpy as np
import pytest

import learned_update as lu
from learned_update.data import digits
from learned_update.evaluation import Protocol, evaluate, few_shot
from learned_update.evaluation.episodes.trial import draw_trial
from learned_update.evaluation.few_shot.run_report import report, step_marks
from learned_update.evaluation.readouts.ridge import fit_readout, predict
from learned_update.evaluation.results.column import Column
from learned_update.layers import local_rule

SMALL = {
    "ways": 4,
    "shots": 3,
    "queries": 3,
    "episodes": 4,
    "initialisations": 2,
    "units": (8, 6),
    "batch_size": 32,
}


class CountingBase:
    """Phi is a number: features are the pixels, blurred until phi reaches 4."""

    embedding_units = 64

    def init_phi(self, input_dim, seed):
        return 0

    def statistics(self, phi, x):
        return np.mean(x, axis=0)

    def embed(self, phi, x, statistics):
        sharpness = min(phi, 4) / 4
        return statistics + sharpness * (x - statistics)


class CountingTrainer:
    """Adds 1 to phi at every inner step, with the interface of `BaseTrainer`."""

    base = CountingBase()

    def __call__(self, phis, data, steps, callback, callback_every, **_):
        for step in range(callback_every, steps + 1, callback_every):
            callback(step, [phi + step for phi in phis])


def test_scores_are_taken_after_the_steps_and_on_the_initialisations_asked_for():
    protocol = Protocol(**SMALL)
    scores = few_shot.score(
        {"rule": CountingTrainer()},
        {"rule": {2: 1, 4: 2, 6: 1}},
        [digits()],
        protocol,
    )["digits"]
    shapes = {column: accuracies.shape for column, accuracies in scores.items()}
    assert shapes == {
        Column("rule", 2): (1, 4),
        Column("rule", 4): (2, 4),
        Column("rule", 6): (1, 4),
        Column("random initialisation"): (2, 4),
        Column("raw pixels"): (2, 4),
        Column("PCA, 64 features"): (2, 4),
        Column("k-means, 64 features"): (2, 4),
    }
    # From 4 steps on the features are the pixels; the read-out does not mind the scale.
    raw = scores[Column("raw pixels")]
    np.testing.assert_array_equal(scores[Column("rule", 4)], raw)
    np.testing.assert_array_equal(scores[Column("rule", 2)], raw[:1])
    assert raw.mean() > 0.6
    # At 0 steps all features are the same: chance.
    np.testing.assert_allclose(scores[Column("random initialisation")], 0.25)


def test_accuracy_is_that_of_the_read_out_fitted_to_each_support():
    trial = draw_trial(digits(), Protocol(**SMALL), 0)
    episodes = trial.episodes
    expected = []
    for support, query in zip(episodes.support, episodes.query, strict=True):
        readout = fit_readout(trial.train[support], np.eye(4)[np.repeat(range(4), 3)])
        predicted = np.argmax(predict(readout, trial.test[query]), axis=1)
        expected.append(np.mean(predicted == np.repeat(range(4), 3)))
    actual = few_shot.accuracy(trial.train, trial.test, episodes)
    np.testing.assert_allclose(actual, expected)


def test_accuracy_of_some_queries_does_not_depend_on_other_test_examples():
    protocol = Protocol(**SMALL | {"episodes": 1})
    trial = draw_trial(digits(), protocol, 0)
    base = lu.BaseMLP((8, 6))
    phi = base.init_phi(64, seed=0)
    others = np.ones(len(trial.test), bool)
    others[trial.episodes.query] = False
    changed = np.where(others[:, None], 1 - trial.test, trial.test)
    np.testing.assert_array_equal(
        few_shot.phi_accuracy(base, phi, trial),
        few_shot.phi_accuracy(base, phi, trial._replace(test=changed)),
    )


def test_curves_are_scored_up_to_ten_times_the_longest_unroll():
    assert step_marks(200, 200) == (10, 20, 50, 100, 200, 500, 1000, 2000)
    assert step_marks(7, 5) == (1, 2, 5, 7, 10, 20, 50, 70)


@pytest.fixture(scope="module")
def rules():
    return local_rule("oja"), local_rule("oja")


def test_evaluate_compares_with_the_first_rule(rules):
    rows = evaluate(rules[0], [digits()], steps=2, **SMALL)
    first, *others = rows
    assert (first.method, first.steps, first.behind) == ("update rule", 2, 0.0)
    assert [row.method for row in others] == [
        "random initialisation",
        "raw pixels",
        "PCA, 6 features",
        "k-means, 6 features",
    ]
    for row in others:
        assert row.behind == pytest.approx(first.accuracy - row.accuracy)


def test_unknown_field_of_the_protocol_is_an_error(rules):
    with pytest.raises(TypeError, match="shot"):
        evaluate(rules[0], [digits()], shot=3)


def test_report_writes_tables_and_plots(rules, tmp_path):
    metrics = (
        '{"outer_step": 1, "meta_loss": 1.0}\n{"outer_step": 2, "meta_loss": 0.5}\n'
    )
    (tmp_path / "metrics.jsonl").write_text(metrics)
    rows = report(
        *rules, [digits()], tmp_path, longest_unroll=2, curve_initialisations=1, **SMALL
    )
    methods = [Column(row.method, row.steps) for row in rows]
    assert methods[:3] == [
        Column("meta-trained rule", 2),
        Column("meta-trained rule", 20),
        Column("initial theta", 2),
    ]
    # The two rules have the same theta and start from the same phi.
    assert rows[2].behind == pytest.approx(0.0)
    assert rows[1].initialisations == 1
    written = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*")}
    assert written == {
        "metrics.jsonl",
        "table.csv",
        "table.md",
        "curves.csv",
        "plots/meta_loss.png",
        "plots/accuracy.png",
        "plots/receptive_fields_digits.png",
    }
    with open(tmp_path / "curves.csv", newline="") as file:
        steps = {line["steps"] for line in csv.DictReader(file)}
    assert steps == {"", "1", "2", "5", "10", "20"}


def _scored(datasets):
    marks = {"rule": {2: 2}}
    return few_shot.score(
        {"rule": CountingTrainer()}, marks, datasets, Protocol(**SMALL)
    )


def test_a_single_data_set():
    single, listed = _scored(digits())["digits"], _scored([digits()])["digits"]
    column = Column("rule", 2)
    np.testing.assert_array_equal(single[column], listed[column])


@pytest.mark.parametrize(
    ("datasets", "message"),
    [
        ([digits(), digits()], "Several data sets are called 'digits'"),
        (digits()._replace(labels=None, class_names=()), "'digits' has no labels"),
        ("digits", "This is no data set"),
    ],
    ids=["same name", "no labels", "name"],
)
def test_data_sets_that_cannot_be_scored(datasets, message):
    with pytest.raises(ValueError, match=message):
        _scored(datasets)


@pytest.mark.parametrize(
    ("name", "number", "least"),
    [
        ("ways", 1, 2),
        ("shots", 0, 1),
        ("queries", 0, 1),
        ("episodes", 0, 1),
        ("initialisations", 0, 1),
        ("episodes", 2.5, 1),
        ("shots", "3", 1),
    ],
)
def test_numbers_of_a_protocol(name, number, least):
    with pytest.raises(ValueError, match=f"{name} is out of its range.*>= {least}"):
        Protocol(**{**SMALL, name: number})


def test_a_rule_is_scored_after_its_steps():
    with pytest.raises(ValueError, match="steps is out of its range.*>= 1"):
        evaluate(None, digits(), steps=0)
