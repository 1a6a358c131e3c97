"""The unrolls of a group of tasks: begun, ended and begun again, on the host.

A slot runs one unroll after the other. What an unroll begins with is a pure function
of (seed, group, slot, number of the unroll), so it is the same on every backend and
after every restart.
"""

from typing import Any, NamedTuple

import keras
import numpy as np

from learned_update.meta.trees import stack, unstack
from learned_update.randomness import generator
from learned_update.types import InnerState

TRUNCATION, EXAMPLES, TASK, LENGTH, PHI, PHASE = range(6)  # what a key draws


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


def initial_state(group):
    """`InnerState` of a group at the first outer step.

    The first unroll of every slot is cut to a random share, so that the slots stand
    at different phases from then on.
    """
    slots = range(group.slots)
    lengths = []
    for slot in slots:
        phase = group.generator(PHASE, slot).uniform()
        lengths.append(max(1, round(phase * _draw_length(group, slot, 0))))
    tasks = tuple(draw_task(group, slot, 0) for slot in slots)
    phis = [_draw_phi(group, slot, 0) for slot in slots]
    return InnerState(
        phi=stack(phis),
        input_map=stack([task.input_map for task in tasks]),
        tasks=tasks,
        unroll=np.zeros(group.slots, np.int64),
        inner_step=np.zeros(group.slots, np.int64),
        unroll_length=np.asarray(lengths, np.int64),
    )


def advance(group, state, phi, steps, broken):
    """The state after a truncation, with ended unrolls begun anew.

    Args:
        group: `SlotGroup`.
        state: `InnerState` before the truncation.
        phi: `Phi` after it, leading `tasks` axis.
        steps: inner steps of the truncation.
        broken: `(tasks,)` bool, unrolls to be abandoned.

    Returns:
        `(state, resets)`: the next `InnerState` and how many slots began anew.
    """
    inner_step = state.inner_step + steps
    ended = (inner_step >= state.unroll_length) | broken
    state = state._replace(phi=phi, inner_step=np.where(ended, 0, inner_step))
    if not ended.any():
        return state, 0
    phis, maps = unstack(phi, group.slots), unstack(state.input_map, group.slots)
    tasks, lengths = list(state.tasks), state.unroll_length.copy()
    unroll = state.unroll + ended
    for slot in np.flatnonzero(ended).tolist():
        begun = int(unroll[slot])
        tasks[slot] = draw_task(group, slot, begun)
        maps[slot] = tasks[slot].input_map
        phis[slot] = _draw_phi(group, slot, begun)
        lengths[slot] = _draw_length(group, slot, begun)
    state = state._replace(
        phi=stack(phis),
        input_map=stack(maps),
        tasks=tuple(tasks),
        unroll=unroll,
        unroll_length=lengths,
    )
    return state, int(ended.sum())


def draw_batch(group, state, outer_step, steps):
    """`TaskBatch` of NumPy arrays for one truncation of a group."""
    drawn = [
        group.tasks.draw_batch(
            group.generator(EXAMPLES, slot, outer_step), task, steps, group.batch_size
        )
        for slot, task in enumerate(state.tasks)
    ]
    return keras.tree.map_structure(lambda *parts: np.stack(parts), *drawn)


def _draw_phi(group, slot, unroll):
    seed = (group.seed, PHI, group.index, slot, unroll)
    return group.base.init_phi(group.tasks.input_dim, seed)


def _draw_length(group, slot, unroll):
    return group.schedule.draw_unroll_length(group.generator(LENGTH, slot, unroll))
