"""When a domain is said to get worse, on curves made up for it."""

import math

import pytest

from learned_update.evaluation.held_out.log import HeldOutScore
from learned_update.evaluation.held_out.worsening import announced, mean_loss, worsened

T_2 = 4.302652729911275  # 97.5 % quantile of Student's t with 2 degrees of freedom
FALLING = {step: 1 - step / 100 for step in range(1, 61)}
RISING = {step: 1 + step / 100 for step in range(1, 61)}


def score(outer_step, scores, best=False, worse=False):
    return HeldOutScore(
        outer_step=outer_step,
        domain="imdb",
        accuracy=sum(scores) / len(scores),
        half_width=0.01,
        seconds=1.0,
        best=best,
        worse=worse,
        scores=[list(scores)],
        trials="00000000",
    )


FIRST = score(0, (0.5, 0.5, 0.5), best=True)
BEST = score(20, (0.80, 0.70, 0.90), best=True)
LOWER = score(40, (0.74, 0.66, 0.85))  # by 0.06, 0.04 and 0.05
UNSURE = score(40, (0.76, 0.62, 0.90))  # by 0.04, 0.08 and 0.00


def test_a_drop_beyond_its_paired_interval_is_told_with_its_figures():
    found = worsened([FIRST, BEST, LOWER], FALLING, 10)
    assert (found.best, found.now) == (BEST, LOWER)
    assert found.drop.mean == pytest.approx(0.05)
    # The accuracies of either are 10 points apart: only the pairs are that close.
    assert found.drop.half_width == pytest.approx(T_2 * 0.01 / math.sqrt(3))
    assert found.loss_then == pytest.approx(1 - 15.5 / 100)  # of the steps 11 to 20
    assert found.loss_now == pytest.approx(1 - 35.5 / 100)


@pytest.mark.parametrize(
    ("history", "losses"),
    {
        "within the interval": ([FIRST, BEST, UNSURE], FALLING),
        "the loss rose": ([FIRST, BEST, LOWER], RISING),
        "the loss stayed": ([FIRST, BEST, LOWER], dict.fromkeys(FALLING, 0.5)),
        "no loss is known": ([FIRST, BEST, LOWER], {}),
        "better": ([FIRST, BEST], FALLING),
        "better than the best": ([FIRST, LOWER._replace(best=True), BEST], FALLING),
        "the first": ([FIRST], FALLING),
        "no best rule on disk": ([FIRST._replace(best=False), LOWER], FALLING),
    }.values(),
)
def test_nothing_is_told(history, losses):
    assert worsened(history, losses, 10) is None


def test_the_mean_over_data_sets_decides():
    two = BEST._replace(scores=[[0.8, 0.7, 0.9], [0.6, 0.5, 0.55]])
    fell = two._replace(outer_step=40, best=False)
    fell = fell._replace(scores=[[0.74, 0.66, 0.85], [0.6, 0.5, 0.55]])
    found = worsened([two, fell], FALLING, 10)
    assert found.drop.mean == pytest.approx(0.025)
    assert found.drop.half_width == pytest.approx(T_2 * 0.01 / math.sqrt(3) / 2)


def test_text_names_domain_steps_and_figures():
    text = str(worsened([FIRST, BEST, LOWER], FALLING, 10))
    assert text == (
        "Held-out domain imdb got worse while the meta-loss improved: accuracy 80.0% "
        "after outer step 20, 75.0% after outer step 40 (lost 5.0 ± 2.5 points, 95 % "
        "interval on the same trials); mean meta-loss 0.845, then 0.645."
    )


def test_it_is_told_once_until_there_is_a_new_best():
    told = LOWER._replace(worse=True)
    later = score(60, (0.9, 0.9, 0.9), best=True)
    assert not announced([])
    assert not announced([FIRST, BEST, UNSURE])
    assert announced([FIRST, BEST, told])
    assert announced([FIRST, BEST, told, UNSURE._replace(outer_step=50)])
    assert not announced([FIRST, BEST, told, later])


def test_mean_of_the_last_losses():
    losses = {1: 5.0, 2: 1.0, 3: math.nan, 4: 3.0}
    assert mean_loss(losses, 4, 2) == 3.0
    assert mean_loss(losses, 4, 3) == 2.0
    assert mean_loss(losses, 0, 2) == mean_loss(losses, 1, 2) == 3.0  # the first two
    assert math.isnan(mean_loss(losses, 3, 1))
