"""Evaluation while training: what is scored, when, and what is written."""

import json

import gin
import numpy as np
import pytest

from learned_update import configuration
from learned_update.data import Dataset, digits
from learned_update.evaluation import few_shot
from learned_update.evaluation.episodes.trial import draw_trial
from learned_update.evaluation.few_shot.protocol import Protocol
from learned_update.evaluation.held_out import watch as held_out_watch
from learned_update.evaluation.held_out.figure import held_out_figure
from learned_update.evaluation.held_out.log import read_scores
from learned_update.evaluation.held_out.monitor import held_out_monitor
from learned_update.evaluation.held_out.trials import (
    digest,
    domain_scores,
    draw_domains,
    few_examples,
)
from learned_update.evaluation.held_out.watch import affordable, expected_seconds
from learned_update.evaluation.results.column import Column
from learned_update.evaluation.results.intervals import interval
from learned_update.layers import local_rule
from tests.training.small_run import images

SMALL = {
    "ways": 3,
    "shots": 2,
    "queries": 2,
    "episodes": 3,
    "initialisations": 3,
    "units": (5,),
    "batch_size": 8,
}
PROTOCOL = Protocol(**SMALL)


def dataset(name, **options):
    return images(**options)._replace(name=name)


DATASETS = (
    dataset("letters/first", seed=1),
    dataset("reviews", classes=2, size=2, seed=2),
    dataset("letters/second", seed=3),
)


class Trainer:
    """Adds theta to phi at every inner step, with the interface of `BaseTrainer`."""

    theta = 0.0

    def __init__(self, rule=None, base=None):
        self.base = self

    def init_phi(self, input_dim, seed):
        return 0.0

    def __call__(self, phis, data, steps, callback, **_):
        callback(steps, [phi + self.theta * steps for phi in phis])

    def statistics(self, phi, x):
        return np.mean(x, axis=0)

    def embed(self, phi, x, statistics):
        """The pixels, the more blurred the larger phi."""
        return statistics + (1 - phi) * (x - statistics)


class Rule:
    """Says where it is saved."""

    def __init__(self):
        self.saved = []

    def base_mlp(self, units):
        return None

    def save(self, path):
        path.parent.mkdir(exist_ok=True)
        path.write_text("rule")
        self.saved.append(path.name)


@pytest.fixture
def start(tmp_path, monkeypatch):
    """Starts a watch of a run of 40 outer steps."""
    monkeypatch.setattr(held_out_watch, "BaseTrainer", Trainer)
    monkeypatch.setattr(Trainer, "theta", 0.0)

    def start(outer_step=0, datasets=DATASETS, **options):
        options = {**SMALL, "every": 10, "largest_share": 1, "steps": 2, **options}
        monitor = held_out_monitor(datasets, **options)
        return monitor.start(tmp_path, Rule(), outer_step, 40)

    return start


def observe(watch, outer_step, meta_loss=0.5, seconds=1.0):
    metrics = {"outer_step": outer_step, "meta_loss": meta_loss, "seconds": seconds}
    watch.observe(metrics)


def test_domains_group_data_sets_and_few_classes_have_ways_of_their_own():
    domains = draw_domains(DATASETS, PROTOCOL, examples_per_class=200)
    shapes = {name: [len(trials) for trials in sets] for name, sets in domains.items()}
    assert shapes == {"letters": [3, 3], "reviews": [3]}
    ways = [[trials[0].episodes.ways for trials in sets] for sets in domains.values()]
    assert ways == [[3, 3], [2]]


def test_trials_are_those_of_the_protocol():
    (trials,) = draw_domains([digits()], PROTOCOL, 1000)["digits"]
    for number, trial in enumerate(trials):
        expected = draw_trial(digits(), PROTOCOL, number)
        np.testing.assert_array_equal(trial.train, expected.train)
        np.testing.assert_array_equal(trial.episodes.query, expected.episodes.query)
        assert trial.seed == expected.seed


def test_few_examples_are_so_many_of_every_class():
    kept = few_examples(DATASETS[0], 5, seed=0)
    np.testing.assert_array_equal(np.bincount(kept.labels), [5, 5, 5, 5])
    pairs = {
        (label, image.tobytes())
        for label, image in zip(DATASETS[0].labels, DATASETS[0].images, strict=True)
    }
    assert pairs > {
        (label, image.tobytes())
        for label, image in zip(kept.labels, kept.images, strict=True)
    }
    again = few_examples(DATASETS[0], 5, seed=0)
    np.testing.assert_array_equal(kept.images, again.images)
    other = few_examples(DATASETS[0], 5, seed=1)
    assert not np.array_equal(kept.images, other.images)
    whole = few_examples(DATASETS[0], 12, seed=0)
    np.testing.assert_array_equal(whole.images, DATASETS[0].images)


def test_another_trial_or_setting_has_another_digest():
    def of(datasets, *settings, **changes):
        protocol = Protocol(**SMALL | changes)
        return digest(draw_domains(datasets, protocol, 200), *settings)

    own = of(DATASETS, 2)
    assert own == of(DATASETS, 2)
    others = [
        of(DATASETS, 3),
        of(DATASETS, 2, seed=1),
        of(DATASETS, 2, shots=1),
        of(DATASETS[:2], 2),
        of((dataset("letters/first", seed=4), *DATASETS[1:]), 2),
    ]
    assert len({own, *others}) == 6


def test_scores_are_those_of_the_few_shot_protocol():
    datasets = (DATASETS[0], DATASETS[2])
    rule = local_rule("oja")
    (trainer,) = few_shot.base_trainers({"rule": rule}, PROTOCOL).values()
    sets = draw_domains(datasets, PROTOCOL, 200)["letters"]
    scores = domain_scores(trainer, sets, 3, PROTOCOL)
    expected = few_shot.score({"rule": trainer}, {"rule": {3: 3}}, datasets, PROTOCOL)
    column = Column("rule", 3)
    expected = [columns[column].mean(axis=-1) for columns in expected.values()]
    np.testing.assert_allclose(scores, expected)
    assert scores.min() < scores.max()


def test_a_diverged_phi_gets_nothing_right():
    trainer = Trainer()
    trainer.theta = np.nan
    sets = draw_domains(DATASETS, PROTOCOL, 200)["letters"]
    assert not domain_scores(trainer, sets, 1, PROTOCOL).any()


def test_an_evaluation_is_written_down(start, tmp_path):
    watch = start(datasets=(digits(), *DATASETS), episodes=20)
    scores = watch.evaluate(0)
    assert read_scores(tmp_path) == scores == watch.history
    assert [score.domain for score in scores] == ["digits", "letters", "reviews"]
    assert 0.5 < scores[0].accuracy < 1
    assert 0 < scores[0].half_width < 0.5
    for score in scores:
        sets = watch.domains[score.domain]
        expected = [
            [few_shot.phi_accuracy(Trainer(), 0.0, trial).mean() for trial in trials]
            for trials in sets
        ]
        assert score.scores == expected
        estimate = interval(np.array(expected)[..., None])
        assert (score.accuracy, score.half_width) == estimate
    line = json.loads((tmp_path / "held_out.jsonl").read_text().splitlines()[0])
    assert line["outer_step"] == 0
    assert line["seconds"] > 0
    assert (tmp_path / "plots" / "held_out.png").stat().st_size > 10_000


def test_the_best_rule_of_every_domain_is_kept(start):
    watch = start()
    watch.evaluate(0)
    assert watch.rule.saved == ["letters.keras", "reviews.keras"]
    watch.evaluate(10)  # as good, not better
    Trainer.theta = 0.5  # after two inner steps nothing is left of the pixels
    watch.evaluate(20)
    assert len(watch.rule.saved) == 2
    assert [score.best for score in watch.history] == [True, True] + 4 * [False]
    chance = watch.history[-2:]
    assert [score.accuracy for score in chance] == pytest.approx([1 / 3, 1 / 2])


def test_going_back_forgets_what_came_later(start, tmp_path):
    watch = start()
    assert watch.best_steps() == set()
    for step in range(1, 31):
        observe(watch, step)
    watch.evaluate(10)
    watch.evaluate(20)
    assert watch.best_steps() == {10}
    history = list(watch.history)
    watch.go_back(15)
    assert watch.history == history[:2] == read_scores(tmp_path)
    assert max(watch.losses) == 15
    assert watch.due(20)
    watch.go_back(5)
    assert watch.history == read_scores(tmp_path) == []
    assert watch.best_steps() == set()
    assert not list((tmp_path / "best").iterdir())


def test_a_domain_that_gets_worse_is_told_once(start, caplog, tmp_path):
    watch = start()
    for step in range(1, 41):
        observe(watch, step, meta_loss=1 / step)
    with caplog.at_level("WARNING", logger="absl"):
        watch.evaluate(10)
        assert not caplog.records
        Trainer.theta = 0.5
        watch.evaluate(20)
        told = [record.getMessage() for record in caplog.records]
        assert len(told) == 2
        for message, domain in zip(told, ("letters", "reviews"), strict=True):
            assert f"domain {domain} got worse while the meta-loss improved" in message
            assert "after outer step 10" in message
            assert "after outer step 20" in message
            assert f"{tmp_path / 'best' / domain}.keras" in message
        watch.evaluate(30)
        resumed = start(30)  # which forgets nothing
        resumed.losses = watch.losses
        resumed.evaluate(40)
        assert len(caplog.records) == 2
    assert [score.worse for score in read_scores(tmp_path)] == 2 * [False] + 6 * [True]


def test_evaluations_are_due_first_last_and_at_intervals(start):
    watch = start()
    evaluated = []
    for step in range(41):
        if watch.due(step):
            watch.evaluate(step)
            evaluated.append(step)
            assert not watch.due(step)
    assert evaluated == [0, 10, 20, 30, 40]
    late = start(13)
    assert [late.due(step) for step in (13, 19, 20)] == [False, False, True]


def test_evaluations_keep_to_their_share_but_for_the_last(start):
    watch = start(largest_share=0.1)
    watch.evaluate(0)
    watch.own_seconds = 6.0  # letters has six trials, reviews has three
    watch.history = [
        score._replace(seconds=seconds)
        for score, seconds in zip(watch.history, (5.0, 4 / 3), strict=True)
    ]
    assert expected_seconds(watch.history) == pytest.approx(9 * 4 / 9)
    observe(watch, 10, seconds=89.0)
    assert not watch.due(10)
    observe(watch, 20, seconds=2.0)
    assert not watch.due(19)
    assert watch.due(20)
    watch.own_seconds = 1000.0
    assert not watch.due(30)
    assert watch.due(40)


def test_times_survive_a_restart(start, tmp_path):
    watch = start()
    watch.evaluate(0)
    rows = [{"outer_step": i, "meta_loss": 1 / i, "seconds": 0.5} for i in (1, 2, 3)]
    (tmp_path / "metrics.jsonl").write_text("\n".join(map(json.dumps, rows)))
    resumed = start(2)
    assert resumed.training_seconds == 1.0
    assert resumed.losses == {1: 1.0, 2: 0.5}
    assert resumed.history == watch.history
    spent = sum(score.seconds for score in watch.history)
    assert resumed.own_seconds > spent


def test_an_evaluation_that_was_interrupted_is_made_up_for(start):
    start().evaluate(0)
    resumed = start(10, largest_share=1e-9)
    assert resumed.due(10)
    assert not resumed.due(20)


def test_expected_is_the_quickest_evaluation_so_far(start):
    watch = start()
    for step, seconds in ((0, 9.0), (10, 2.0), (20, 3.0)):
        watch.evaluate(step)
        watch.history[-2:] = [
            score._replace(seconds=seconds) for score in watch.history[-2:]
        ]
    assert expected_seconds(watch.history[:4]) == 4.0
    assert expected_seconds(watch.history) == 4.0
    assert expected_seconds(watch.history[:2]) == 1.5 * 9  # six trials in 9 seconds


def test_affordable_by_hand():
    assert affordable(10, 90, 0.1)
    assert not affordable(10.1, 90, 0.1)
    assert not affordable(1e-3, 0, 0.99)
    assert affordable(5, 0, 1)


def test_figure_shows_the_curves(start):
    watch = start()
    watch.evaluate(0)
    observe(watch, 1, meta_loss=0.75)
    observe(watch, 2, meta_loss=0.25)
    watch.evaluate(10)
    left, right = held_out_figure(watch.history, watch.losses).axes
    curves = {line.get_label(): line.get_xydata() for line in left.lines}
    for domain in ("letters", "reviews"):
        course = [score for score in watch.history if score.domain == domain]
        expected = [(score.outer_step, 100 * score.accuracy) for score in course]
        np.testing.assert_array_equal(curves[domain], expected)
    (mean,) = [line for line in right.lines if line.get_lw() == 2]
    np.testing.assert_array_equal(mean.get_xydata(), [(1, 0.75), (2, 0.25)])
    assert right.get_ylabel() == "meta-loss"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"every": 0}, "every is too small.*every >= 1.*every=0"),
        ({"steps": 0}, "steps is too small.*steps=0"),
        ({"initialisations": 1}, "initialisations >= 2.*initialisations=1"),
        ({"largest_share": 0}, "0 < largest_share <= 1.*largest_share=0"),
        ({"largest_share": 1.01}, "largest_share=1.01"),
        ({"datasets": ()}, "needs held-out data.*Received: none.*named_datasets"),
        ({"datasets": ["digits"]}, "needs held-out data.*Received: 'digits'"),
        ({"datasets": 2 * [digits()]}, "different names.*digits more than once"),
        (
            {"datasets": [Dataset("bare", np.zeros((9, 2, 2, 1), "uint8"))]},
            "'bare' has no labels",
        ),
        ({"shots": 99}, "letters/first.*at least 99"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_settings_that_make_no_sense_are_refused(start, options, message):
    with pytest.raises(ValueError, match=message):
        start(**options)


def test_other_settings_than_those_of_the_run_are_refused(start):
    start().evaluate(0)
    with pytest.raises(ValueError, match="other trials.*held_out.jsonl and best/ away"):
        start(steps=3)


@pytest.fixture
def clean_gin():
    gin.clear_config()
    yield
    gin.clear_config()


def test_gin_binds_data_sets_by_name(clean_gin):
    bindings = [
        "held_out_monitor.datasets = @named_datasets()",
        "held_out_monitor.every = 7",
        "held_out_monitor.ways = 4",
        "named_datasets.names = ('digits',)",
    ]
    configuration.load(parameters=bindings)
    monitor = held_out_monitor()
    assert [dataset.name for dataset in monitor.datasets] == ["digits"]
    assert (monitor.every, monitor.protocol.ways) == (7, 4)
    configuration.load(parameters=["named_datasets.names = ('glyphs/lattin',)"])
    with pytest.raises(ValueError, match="There is no data set 'glyphs/lattin'"):
        held_out_monitor()
