"""Runs that are evaluated while they are trained are the same runs."""

import os
import signal

import keras
import numpy as np
import pytest

import learned_update as lu
from learned_update.evaluation.held_out import watch as held_out_watch
from learned_update.evaluation.held_out.log import best_score, read_scores
from learned_update.evaluation.held_out.monitor import held_out_monitor
from learned_update.evaluation.held_out.watch import HeldOutWatch
from learned_update.meta import BaseTrainer
from learned_update.run_metrics import read_metrics
from learned_update.training import MetaTrainer, Schedule, checkpoints, meta_train
from learned_update.training.runs import run
from tests.training import small_run

DOMAINS = ("letters", "reviews")


def held_out():
    return [
        small_run.images(seed=1)._replace(name="letters/first"),
        small_run.images(seed=2, classes=2)._replace(name="reviews"),
    ]


def monitor(datasets=None):
    return held_out_monitor(
        datasets or held_out(),
        every=2,
        largest_share=1,
        steps=2,
        ways=3,
        shots=1,
        queries=4,
        episodes=5,
        initialisations=2,
        units=(4,),
        batch_size=8,
    )


def train(run_dir, **options):
    """Theta after a run."""
    rule = meta_train(
        run_dir,
        **{
            "seed": 3,
            "rule": small_run.quick_rule,
            "groups": small_run.groups(),
            "optimizer": keras.optimizers.Adam(0.5),  # of logarithms
            "outer_steps": 5,
            "schedule": Schedule(truncation_lengths=(2,), unroll_lengths=(3, 8)),
            "checkpoint_every": 100,
            "tensorboard": False,
            **options,
        },
    )
    return rule.get_weights()


def losses(run_dir):
    return [(row["outer_step"], row["meta_loss"]) for row in read_metrics(run_dir)]


def timeless(run_dir):
    return [score._replace(seconds=0.0) for score in read_scores(run_dir)]


@pytest.fixture(scope="module", autouse=True)
def compiled_once():
    """All runs share compiled functions: one rule and trainer, set back every time."""
    kept, rule = {}, small_run.quick_rule(seed=3)
    theta = rule.get_weights()

    def shared_rule(seed):
        assert seed == rule.seed
        rule.set_weights(theta)
        return rule

    def shared_trainer(*arguments, **options):
        if "trainer" not in kept:
            kept["trainer"] = MetaTrainer(*arguments, **options)
        for variable in kept["trainer"].optimizer.variables:
            if variable.name != "learning_rate":
                variable.assign(np.zeros(variable.shape))
        return kept["trainer"]

    def shared_base_trainer(rule, base):
        trainer = BaseTrainer(rule, base)
        trainer._unroll = kept.setdefault("unroll", trainer._unroll)
        return trainer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(small_run, "quick_rule", shared_rule)
        patch.setattr(run, "MetaTrainer", shared_trainer)
        patch.setattr(held_out_watch, "BaseTrainer", shared_base_trainer)
        yield


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A run with a monitor: folder, last theta, and theta by evaluated outer step."""
    folder, thetas = tmp_path_factory.mktemp("whole"), {}
    evaluate = HeldOutWatch.evaluate

    def noted(self, outer_step):
        before = self.rule.get_weights()
        scores = evaluate(self, outer_step)
        for a, b in zip(before, self.rule.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)
        thetas[outer_step] = before
        return scores

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HeldOutWatch, "evaluate", noted)
        theta = train(folder, monitor=monitor())
    return folder, theta, thetas


def test_a_monitor_does_not_change_the_run(whole, tmp_path):
    folder, theta, _ = whole
    plain = train(tmp_path)
    for a, b in zip(theta, plain, strict=True):
        np.testing.assert_array_equal(a, b)
    assert losses(folder) == losses(tmp_path)
    assert not list(tmp_path.rglob("*held_out*"))


def test_the_rule_is_scored_first_last_and_at_intervals(whole):
    folder, _, thetas = whole
    steps = [(score.outer_step, score.domain) for score in read_scores(folder)]
    assert steps == [(step, domain) for step in (0, 2, 4, 5) for domain in DOMAINS]
    accuracies = {score.accuracy for score in read_scores(folder)}
    assert len(accuracies) > 2  # theta moves, and so do they
    best = {
        best_score([x for x in read_scores(folder) if x.domain == domain]).outer_step
        for domain in DOMAINS
    }
    saved = [path.stem for path in checkpoints(folder / "checkpoints")]
    assert saved == [f"outer_step_{step:08d}" for step in sorted({2, 4, 5} | best)]
    assert list(thetas) == [0, 2, 4, 5]


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_best_rule_is_that_of_its_outer_step(whole, domain):
    folder, _, thetas = whole
    scores = [score for score in read_scores(folder) if score.domain == domain]
    best = best_score(scores)
    assert best.accuracy == max(score.accuracy for score in scores)
    kept = lu.load_rule(folder / "best" / f"{domain}.keras")
    for a, b in zip(thetas[best.outer_step], kept.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_interrupted_evaluations_lose_nothing(whole, tmp_path, monkeypatch):
    folder, theta, _ = whole
    domain_scores = held_out_watch.domain_scores
    evaluate = HeldOutWatch.evaluate

    def at_once(trainer, sets, *rest):
        """Two times Ctrl-C, in the middle of an evaluation."""
        if losses(tmp_path) and len(sets[0][0].episodes.query_labels) == 8:
            raise KeyboardInterrupt
        return domain_scores(trainer, sets, *rest)

    monkeypatch.setattr(held_out_watch, "domain_scores", at_once)
    with pytest.raises(KeyboardInterrupt):
        train(tmp_path, monitor=monitor())
    monkeypatch.undo()
    assert timeless(tmp_path) == timeless(folder)[:2]
    assert losses(tmp_path) == losses(folder)[:2]

    def after_this(self, outer_step):
        os.kill(os.getpid(), signal.SIGINT)
        return evaluate(self, outer_step)

    monkeypatch.setattr(HeldOutWatch, "evaluate", after_this)
    with pytest.raises(KeyboardInterrupt, match="after outer step 2 of 5"):
        train(tmp_path, monitor=monitor())
    monkeypatch.undo()
    assert timeless(tmp_path) == timeless(folder)[:4]

    resumed = train(tmp_path, monitor=monitor())
    for a, b in zip(theta, resumed, strict=True):
        np.testing.assert_array_equal(a, b)
    assert timeless(tmp_path) == timeless(folder)
    assert losses(tmp_path) == losses(folder)
    for domain in DOMAINS:
        kept, expected = (
            lu.load_rule(path / "best" / f"{domain}.keras")
            for path in (tmp_path, folder)
        )
        for a, b in zip(kept.get_weights(), expected.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)


def test_what_is_monitored_is_not_trained_on(tmp_path):
    with pytest.raises(ValueError, match="classes in common.*prototypes: 0"):
        train(tmp_path / "run", monitor=monitor([small_run.images()]))
    assert not (tmp_path / "run").exists()
