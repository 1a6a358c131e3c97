"""What an outer step reads: drawn on the host, then laid on the device."""

from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops

from learned_update.meta.trees import stack
from learned_update.training.outer_steps.slot_rows import drawn_together, replaced
from learned_update.training.outer_steps.slots import (
    draw_batch,
    draw_noise,
    draw_phi,
    draw_task,
)
from learned_update.types import InputMap, Phi, PixelMap, TaskBatch


class GroupDraw(NamedTuple):
    """What one truncation of a group reads; on the device.

    Attributes:
        batch: `TaskBatch` as long as the longest truncation; zeros beyond `steps`.
        steps: inner steps of the truncation, int32.
        input_map: the tasks' `InputMap` or `PixelMap`, leading `tasks` axis.
        begins: whether a slot begins an unroll, `(tasks,)` bool.
        fresh: the `Phi` that it begins with, leading `tasks` axis; zeros elsewhere.
        noise: as of `TruncationData`.
    """

    batch: TaskBatch
    steps: Any
    input_map: InputMap | PixelMap
    begins: Any
    fresh: Phi
    noise: Any = ()


class OuterDraw(NamedTuple):
    """What an outer step reads.

    Attributes:
        steps: inner steps of the truncation.
        groups: `{index: GroupDraw}` of the groups that it visits, in turn.
        datasets: name of the data set of each of their tasks, in the same order.
    """

    steps: int
    groups: dict[int, GroupDraw]
    datasets: tuple[str, ...] = ()


class GroupDraws:
    """Draws for one group: a pure function of outer step and state.

    What stays the same from one truncation to the next, the tasks and their maps, is
    kept to save time.

    Args:
        group: `SlotGroup`.
        phi_like: a `Phi` of this group, whose shapes and dtypes count.
        noise_shapes: of the variables that noise is drawn for.
    """

    def __init__(self, group, phi_like, noise_shapes=()):
        self.group = group
        self._noise_shapes = noise_shapes
        self._longest = max(group.schedule.truncation_lengths)
        self._unrolls = np.full(group.slots, -1)
        self._tasks = [None] * group.slots
        self._input_map = None
        self._nothing_fresh = keras.tree.map_structure(
            lambda leaf: ops.zeros((group.slots, *leaf.shape), ops.dtype(leaf)),
            phi_like,
        )

    def __call__(self, state, outer_step, steps):
        """`GroupDraw` of an `InnerState`, of which phi is not looked at."""
        self._draw_tasks(state.unroll)
        batch = draw_batch(self.group, self._tasks, outer_step, steps)
        batch = keras.tree.map_structure(self._padded, batch)
        begins = state.inner_step == 0
        batch, steps, begins = keras.tree.map_structure(
            ops.convert_to_tensor, (batch, np.int32(steps), begins)
        )
        fresh = self._fresh(state)
        noise = tuple(
            ops.convert_to_tensor(each)
            for each in draw_noise(self.group, self._noise_shapes, outer_step)
        )
        return GroupDraw(batch, steps, self._input_map, begins, fresh, noise)

    @property
    def datasets(self):
        """Name of the data set of each task that was drawn last."""
        known = self.group.tasks.datasets
        return tuple(known[task.dataset].name for task in self._tasks)

    def _draw_tasks(self, unrolls):
        """Draws the tasks of slots that have begun another unroll."""
        slots = np.flatnonzero(unrolls != self._unrolls).tolist()
        if not slots:
            return
        drawn = drawn_together(
            lambda slot: draw_task(self.group, slot, int(unrolls[slot])), slots
        )
        for slot, task in zip(slots, drawn, strict=True):
            self._tasks[slot] = task
        self._unrolls = unrolls
        maps = [task.input_map for task in drawn]
        if self._input_map is None:
            self._input_map = stack(maps)
        else:
            self._input_map = replaced(self._input_map, maps, slots)

    def _padded(self, part):
        """Step-first indices, as long as the longest truncation."""
        missing = self._longest - len(part)
        return np.pad(part, [(0, missing)] + [(0, 0)] * (part.ndim - 1))

    def _fresh(self, state):
        """The phi of all slots that begin; one for all steps at which none does."""
        slots = np.flatnonzero(state.inner_step == 0).tolist()
        if not slots:
            return self._nothing_fresh
        phis = drawn_together(
            lambda slot: draw_phi(self.group, slot, int(state.unroll[slot])), slots
        )
        return replaced(self._nothing_fresh, phis, slots)
