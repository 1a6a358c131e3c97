"""Draws ahead are draws on demand, and what goes wrong in the thread is told."""

import threading

import keras
import numpy as np
import pytest

from learned_update.training.runs.ahead import DrawsAhead
from tests.training import draws, small_run

OUTER_STEPS = 5


def digest(drawn):
    leaves = keras.tree.flatten(drawn.groups)
    return drawn.steps, draws.digest([np.asarray(leaf) for leaf in leaves])


def test_draws_ahead_are_draws_on_demand():
    trainer, other = draws.trainer(), draws.trainer()
    state, expected = other.initial_state(), []
    for _ in range(OUTER_STEPS):
        expected.append(digest(other.draw(state)))
        state, _ = other.advance(state)
    state, taken = trainer.initial_state(), []
    with DrawsAhead(trainer, state, OUTER_STEPS) as ahead:
        for _ in range(OUTER_STEPS):
            taken.append(digest(ahead.take(state)))
            state, _ = trainer.advance(state)
    assert taken == expected


class Broken:
    """A trainer whose second draw fails."""

    def draw(self, outer_step):
        if threading.current_thread() is threading.main_thread():
            raise RuntimeError("draws belong in the thread")
        if outer_step:
            raise OSError("the data set is gone")
        return "drawn"

    def advance(self, state):
        return 1, 0


def test_what_goes_wrong_in_the_thread_is_raised_by_take():
    state = small_run.trainer().initial_state()
    trainer = Broken()
    trainer.draw, draw = (lambda s: draw(getattr(s, "outer_step", s))), trainer.draw
    with DrawsAhead(trainer, state, OUTER_STEPS) as ahead:
        assert ahead.take(state) == "drawn"
        with pytest.raises(OSError, match="the data set is gone"):
            ahead.take(state._replace(outer_step=1))


def test_nothing_is_drawn_beyond_the_end():
    drawn = []

    class Counting(Broken):
        def draw(self, state):
            drawn.append(state)

    state = small_run.trainer().initial_state()
    with DrawsAhead(Counting(), state, 1) as ahead:
        ahead.take(state)
    assert len(drawn) == 1
