"""Lengths of unrolls, and how they grow with the run."""

import numpy as np
import pytest

from learned_update.training import Schedule
from learned_update.training.outer_steps.slots import advance, initial_state, spare_phi
from learned_update.training.schedule import check_schedule
from tests.training import small_run

GROWING = Schedule((2,), (4, 1000), first_longest=10, growth=100)


def test_the_longest_grows_by_equal_factors_and_then_stays():
    found = [GROWING.longest_unroll(step) for step in (0, 25, 50, 100, 5000)]
    np.testing.assert_allclose(found, [10, 10**1.5, 100, 1000, 1000])
    assert Schedule().longest_unroll(0) == Schedule().longest_unroll(9) == 200


def test_lengths_are_log_uniform_up_to_the_longest():
    for step, longest in ((0, 10), (50, 100), (200, 1000)):
        lengths = [
            GROWING.draw_unroll_length(np.random.default_rng(seed), step)
            for seed in range(400)
        ]
        assert min(lengths) == 4
        assert 0.9 * longest < max(lengths) <= longest
        uniform = np.log(np.asarray(lengths) / 4) / np.log(longest / 4)
        assert abs(uniform.mean() - 0.5) < 0.07


def test_without_growth_lengths_are_those_of_before():
    plain = Schedule((2,), (4, 1000))
    for seed in range(5):
        u = np.random.default_rng(seed).uniform(np.log(4), np.log(1000))
        drawn = [
            plain.draw_unroll_length(np.random.default_rng(seed), step)
            for step in (0, 7)
        ]
        assert drawn == [round(np.exp(u))] * 2


def test_the_length_is_that_of_the_outer_step_at_which_an_unroll_begins():
    schedule = Schedule((2,), (2, 500), first_longest=2, growth=10)
    (group,) = small_run.trainer(schedule=schedule).groups
    state = initial_state(group, spare_phi(group))
    assert state.unroll_length.max() <= 2
    early, resets = advance(group, state, 2, outer_step=0)
    late, _ = advance(group, state, 2, outer_step=9)
    assert resets == group.slots
    assert early.unroll_length.max() <= 2 * 250**0.1
    rngs = [group.generator(3, slot, 1) for slot in range(group.slots)]
    assert late.unroll_length.tolist() == [
        schedule.draw_unroll_length(rng, 10) for rng in rngs
    ]
    assert late.unroll_length.max() > early.unroll_length.max()


@pytest.mark.parametrize(
    ("first", "growth"), [(10, 0), (None, 5), (3, 5), (1001, 5), (10, -1)]
)
def test_growth_that_makes_no_sense(first, growth):
    message = rf"cannot grow like this.*from 4 to 1000.*first_longest={first}, growth="
    with pytest.raises(ValueError, match=message):
        check_schedule(Schedule((2,), (4, 1000), first, growth))
