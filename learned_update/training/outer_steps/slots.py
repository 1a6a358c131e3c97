"""The unrolls of a group of tasks: begun, ended and begun again, on the host.

A slot runs one unroll after the other. What an unroll begins with is a pure function
of (seed, group, slot, number of the unroll), so it is the same on every backend and
after every restart.
"""

from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops

from learned_update.randomness import generator
from learned_update.types import InnerState

# What a key draws.
TRUNCATION, EXAMPLES, TASK, LENGTH, PHI, PHASE, SPARE, NOISE = range(8)


class SlotGroup(NamedTuple):
    """A group of slots as the trainer runs it.

    Attributes:
        index: of the group among the trainer's.
        tasks: `TaskDistribution` that the tasks are drawn from.
        base: `BaseMLP` that they train.
        slots: number of tasks at a time.
        batch_size: examples of an inner batch.
        schedule: `Schedule` of the lengths.
        seed: of the run.
    """

    index: int
    tasks: Any
    base: Any
    slots: int
    batch_size: int
    schedule: Any
    seed: int

    def generator(self, purpose, *key):
        """The generator of one purpose of this group."""
        return generator(self.seed, purpose, self.index, *key)


def draw_task(group, slot, unroll):
    """The task of an unroll of a slot."""
    return group.tasks.draw_task(group.generator(TASK, slot, unroll))


def draw_phi(group, slot, unroll):
    """The `Phi` that an unroll of a slot begins with, on the host."""
    return group.base.draw_phi(
        group.tasks.input_dim, (group.seed, PHI, group.index, slot, unroll)
    )


def spare_phi(group):
    """The `Phi` that takes the place of one that is not finite."""
    return group.base.init_phi(group.tasks.input_dim, (group.seed, SPARE, group.index))


def draw_noise(group, shapes, outer_step):
    """Standard normal numbers for one truncation of a group, one array per shape.

    Args:
        group: `SlotGroup`.
        shapes: of the trainable variables.
        outer_step: outer steps done.

    Returns:
        Float32 arrays with a leading `tasks` axis.
    """
    drawn = []
    for slot in range(group.slots):
        rng = group.generator(NOISE, slot, outer_step)
        drawn.append([rng.standard_normal(shape, np.float32) for shape in shapes])
    return [np.stack(parts) for parts in zip(*drawn, strict=True)]


def initial_state(group, spare):
    """`InnerState` of a group at the first outer step.

    The first unroll of every slot is cut to a random share, so that the slots stand
    at different phases from then on.

    Args:
        group: `SlotGroup`.
        spare: a tree that the estimator carries on, without the `tasks` axis.
    """
    lengths = []
    for slot in range(group.slots):
        phase = group.generator(PHASE, slot).uniform()
        lengths.append(max(1, round(phase * _draw_length(group, slot, 0, 0))))
    return InnerState(
        phi=keras.tree.map_structure(
            lambda leaf: ops.zeros((group.slots, *leaf.shape), leaf.dtype),
            spare,
        ),
        unroll=np.zeros(group.slots, np.int64),
        inner_step=np.zeros(group.slots, np.int64),
        unroll_length=np.asarray(lengths, np.int64),
        broken=np.zeros(group.slots, bool),
    )


def due_lengths(state):
    """`unroll_length`, but 0 where a broken unroll is to end; waits for the device.

    An unroll whose truncation was not finite goes on from the spare phi. That is
    known one truncation later, at the end of which the unroll ends.
    """
    broken = ops.convert_to_numpy(state.broken) & (state.inner_step > 0)
    return np.where(broken, 0, state.unroll_length)


def advance(group, state, steps, outer_step):
    """Where the slots stand after a truncation; phi and `broken` stay as they are.

    Args:
        group: `SlotGroup`.
        state: `InnerState` before the truncation.
        steps: inner steps of the truncation.
        outer_step: outer steps done before it.

    Returns:
        `(state, resets)`: the next `InnerState`, and how many slots begin anew.
    """
    inner_step, lengths = state.inner_step + steps, due_lengths(state)
    ended = inner_step >= lengths
    unroll = state.unroll + ended
    for slot in np.flatnonzero(ended).tolist():
        lengths[slot] = _draw_length(group, slot, int(unroll[slot]), outer_step + 1)
    state = state._replace(
        unroll=unroll,
        inner_step=np.where(ended, 0, inner_step),
        unroll_length=lengths,
    )
    return state, int(ended.sum())


def draw_batch(group, tasks, outer_step, steps):
    """`TaskBatch` of NumPy arrays for one truncation of a group's present tasks."""
    drawn = [
        group.tasks.draw_batch(
            group.generator(EXAMPLES, slot, outer_step), task, steps, group.batch_size
        )
        for slot, task in enumerate(tasks)
    ]
    return keras.tree.map_structure(lambda *parts: np.stack(parts, axis=1), *drawn)


def _draw_length(group, slot, unroll, outer_step):
    """Inner steps of an unroll that begins at an outer step."""
    rng = group.generator(LENGTH, slot, unroll)
    return group.schedule.draw_unroll_length(rng, outer_step)
