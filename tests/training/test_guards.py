"""Guards fire on planted faults and are quiet on clean runs."""

import logging

import numpy as np
import pytest

from learned_update.run_metrics import read_metrics
from learned_update.training import (
    Guards,
    MetaTrainer,
    checkpoints,
    meta_train,
    read_checkpoint,
)
from learned_update.training.guards.guard import Guard
from learned_update.training.guards.signs import (
    skipped_in_a_row,
    vanished_gradient,
    vanished_spread,
)
from learned_update.types import EXPLODED, ROLLED_BACK, SKIPPED
from tests.training import small_run

# Gradient norms of a small run with adam.learning_rate = 1000.
DEAD = [0.536, 0.498, 10.4, 5.7e-3, 3.2e-3, 8.4e-4, 4.9e-4, 2.8e-4, 1.6e-4, 2.1e-4]
DEAD += [5.2e-5, 1.3e-4, 9.3e-5, 1.1e-4, 5.9e-5, 4e-5, 2.5e-5, 4.1e-5, 3.7e-5, 6.9e-5]


def clean(seed, steps=400):
    """Norms and losses of a run that learns: both fall, and are noisy."""
    rng = np.random.default_rng(seed)
    fall = np.exp(-np.arange(steps) / 100)
    norms = (0.1 + fall) * rng.lognormal(0, 1, steps)
    norms[: steps // 10] *= 3000  # gradients of a young rule may explode
    return norms, 0.1 + 0.4 * fall + rng.normal(0, 0.08, steps)


def rows(norms, losses=None, skipped=None):
    losses = np.linspace(1, 2, len(norms)) if losses is None else losses
    skipped = np.zeros(len(norms), int) if skipped is None else skipped
    return [
        {"outer_step": i, "gradient_norm": g, "meta_loss": x, "skipped": int(s)}
        for i, (g, x, s) in enumerate(zip(norms, losses, skipped, strict=True), start=1)
    ]


@pytest.mark.parametrize(
    ("skipped", "expected"),
    [([], 0), ([0, 0], 0), ([1], 1), ([0, 1, 2], 2), ([1, 1], 0), ([2, 2, 3, 4, 5], 3)],
)
def test_skipped_in_a_row(skipped, expected):
    assert skipped_in_a_row(skipped) == expected


def test_a_gradient_that_vanished():
    found = [vanished_gradient(DEAD[:n], 0.3, 1e-3, 10) for n in range(len(DEAD) + 1)]
    assert found == [False] * 17 + [True] * 4
    assert not vanished_gradient([*DEAD[:-1], 0.01], 0.3, 1e-3, 10)
    assert not vanished_gradient([*DEAD[:-1], np.nan], 0.3, 1e-3, 10)
    assert not vanished_gradient([*DEAD[:3], *[1e-3] * 10], 0.3, 1e-3, 10)
    # Norms of thousands at first are nothing to go by: they are clipped to 0.3.
    assert not vanished_gradient([5000.0] * 20 + [0.4] * 20, 0.3, 1e-3, 10)


def test_a_spread_that_vanished():
    varied, constant = [0.5, 0.7, 0.6, 0.9, 0.4, 0.6], [0.8] * 11
    assert vanished_spread(varied + constant, 1e-3, 10)
    assert not vanished_spread(varied + constant[:10], 1e-3, 10)
    assert not vanished_spread(constant, 1e-3, 10)
    assert not vanished_spread(varied * 3, 1e-3, 10)


@pytest.mark.parametrize("seed", range(5))
def test_clean_runs_are_not_named(seed, caplog):
    guard = Guard(Guards(), clip_norm=0.3)
    for row in rows(*clean(seed)):
        guard.observe(row)
        assert row["dead_rule"] == 0
        assert not guard.due()
    assert guard.dead is None
    assert not caplog.records


def test_a_dead_rule_is_named_once_and_in_every_row(caplog):
    guard, told = Guard(Guards(), clip_norm=0.3), []
    with caplog.at_level(logging.WARNING):
        for row in rows(DEAD):
            guard.observe(row)
            told.append(row["dead_rule"])
    assert told == [0] * 16 + [1] * 4
    (record,) = caplog.records
    assert record.getMessage().startswith(
        "Outer step 17: The rule looks dead: in the last 10 outer steps the gradient's "
        "norm was at most 0.00028, below 0.001 of what it was."
    )


def test_a_guard_that_goes_on_judges_like_one_that_stayed():
    skipped = [0, 0, 1, 1, 2, 3, 4, 5]
    whole = Guard(Guards(), 0.3)
    for step, row in enumerate(rows(np.ones(8), skipped=skipped), start=1):
        whole.observe(row)
        cut = Guard(Guards(), 0.3, rows(np.ones(8), skipped=skipped)[:step])
        assert whole.skipped == cut.skipped
        assert whole.last_good() == cut.last_good()
        assert whole.due() == cut.due()
    whole.observe({"outer_step": 9, "gradient_norm": 1, "meta_loss": 1, "skipped": 6})
    assert whole.due()
    assert whole.last_good() == 4
    whole.forget(4)
    assert whole.last_good() == 4
    assert not whole.due()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rollbacks": -1}, "rollbacks makes no sense.*0 <= rollbacks"),
        ({"smaller_rate": 2.0}, "smaller_rate makes no sense.*<= 1.*smaller_rate=2.0"),
        ({"largest_growth": float("nan")}, "largest_growth makes no sense"),
    ],
)
def test_bounds_that_make_no_sense(options, message):
    with pytest.raises(ValueError, match=message):
        small_run.trainer(guards=Guards(**options))


@pytest.fixture
def faulty_steps(monkeypatch):
    """Outer steps without a gradient: nothing is computed, theta is counted up.

    From outer step 8 on they are skipped until the run has gone back as often as is
    set here.
    """
    healthy_after = {"returns": 2}

    def step(self, state, drawn):
        counts = np.array(state.counts)
        bad = state.outer_step >= 8 and counts[ROLLED_BACK] < healthy_after["returns"]
        counts[SKIPPED] += bad
        variable = self.rule.trainable_variables[0]
        if not bad:
            variable.assign_add(np.ones(variable.shape))
        following, _ = self.advance(state)
        metrics = {
            "outer_step": following.outer_step,
            "meta_loss": 0.5 + 0.1 * (state.outer_step % 3),
            "query_accuracy": 0.5,
            "gradient_norm": np.nan if bad else 1.0,
            "skipped": int(counts[SKIPPED]),
            "exploded": int(counts[EXPLODED]),
            "rolled_back": int(counts[ROLLED_BACK]),
        }
        return following._replace(counts=counts), metrics

    monkeypatch.setattr(MetaTrainer, "step", step)
    return healthy_after


def train(run_dir):
    return meta_train(
        run_dir,
        seed=3,
        rule=small_run.quick_rule,
        groups=small_run.groups(),
        outer_steps=20,
        checkpoint_every=3,
        tensorboard=False,
        guards=Guards(skipped_in_a_row=4),
    )


def test_a_run_goes_back_to_the_last_good_checkpoint(faulty_steps, tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        rule = train(tmp_path)
    said = [record.getMessage() for record in caplog.records]
    assert [text.rsplit(", ", 1)[1] for text in said] == [
        "for the 1. time.",
        "for the 2. time.",
    ]
    assert all("back to outer step 6, with smaller steps" in text for text in said)
    table = read_metrics(tmp_path)
    assert [row["outer_step"] for row in table] == [*range(1, 21)]
    assert [row["rolled_back"] for row in table] == [0] * 6 + [2] * 14
    assert [row["skipped"] for row in table] == [0] * 20
    first = np.asarray(rule.trainable_variables[0])
    untrained = np.asarray(small_run.quick_rule().trainable_variables[0])
    np.testing.assert_allclose(first - untrained, 20.0, rtol=1e-5)
    saved = checkpoints(tmp_path / "checkpoints")
    assert [path.stem[-2:] for path in saved] == ["15", "18", "20"]
    assert read_checkpoint(saved[-1])["counts"].tolist() == [0, 0, 2]


def test_a_run_that_going_back_does_not_help_stops(faulty_steps, tmp_path):
    faulty_steps["returns"] = 100
    message = (
        "The gradient stays not finite.*4 outer steps skipped in a row, with steps of "
        "theta 0.125 times as large, after 3 returns.*Look at gradient_norm.*"
        "adam.learning_rate"
    )
    for _ in range(2):  # the same command says the same
        with pytest.raises(ValueError, match=message):
            train(tmp_path)
    returns = {
        path.stem[-2:]: read_checkpoint(path)["counts"][ROLLED_BACK]
        for path in checkpoints(tmp_path / "checkpoints")
    }
    assert returns["06"] == 3
