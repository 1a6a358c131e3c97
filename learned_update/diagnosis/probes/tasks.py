"""Fixed tasks of one group, and what they read during an unroll."""

from typing import NamedTuple

import keras
from keras import ops

from learned_update.meta.trees import stack
from learned_update.randomness import generator
from learned_update.training.outer_steps.slots import draw_batch, draw_phi
from learned_update.types import InputMap, Phi, PixelMap, Resident, TaskBatch

PROBE = 0x70726F6265  # "probe": keeps these draws apart from those of a run
MOST_DRAWS = 10_000  # of tasks, until there is one of every data set


class ProbeTasks(NamedTuple):
    """Tasks that unrolls are measured on.

    Attributes:
        datasets: name of the data set of each.
        phi: `Phi` that the unrolls begin with, leading `tasks` axis.
        resident: `Resident`.
        input_map: the tasks' `InputMap` or `PixelMap`, leading `tasks` axis.
        batch: `TaskBatch` of arrays, all inner steps.
    """

    datasets: tuple[str, ...]
    phi: Phi
    resident: Resident
    input_map: InputMap | PixelMap
    batch: TaskBatch

    def at(self, inner_step):
        """The `TaskBatch` of one inner step, tensors without the `steps` axis."""
        return keras.tree.map_structure(
            lambda part: ops.convert_to_tensor(part[inner_step]), self.batch
        )


def draw_probe_tasks(group, count, steps, seed):
    """Draws tasks in turn from all data sets that the tasks of a group come from.

    Args:
        group: `SlotGroup`.
        count: number of tasks.
        steps: inner steps of their unrolls.
        seed: of everything random.

    Returns:
        `ProbeTasks`.
    """
    group = group._replace(seed=seed, index=PROBE, slots=count)
    tasks = _in_turn(group, count)
    resident = keras.tree.map_structure(ops.convert_to_tensor, group.tasks.resident())
    return ProbeTasks(
        datasets=tuple(group.tasks.datasets[task.dataset].name for task in tasks),
        phi=stack([draw_phi(group, slot, 0) for slot in range(count)]),
        resident=resident,
        input_map=stack([task.input_map for task in tasks]),
        batch=draw_batch(group, tasks, 0, steps),
    )


def in_groups(tasks, size):
    """`ProbeTasks` cut into such of `size` tasks each; what is left over is dropped."""
    count = len(tasks.datasets) // size
    return [
        ProbeTasks(
            datasets=tasks.datasets[first : first + size],
            phi=_rows(tasks.phi, first, size),
            resident=tasks.resident,
            input_map=_rows(tasks.input_map, first, size),
            batch=keras.tree.map_structure(
                lambda part, first=first: part[:, first : first + size], tasks.batch
            ),
        )
        for first in range(0, count * size, size)
    ]


def _in_turn(group, count):
    """Tasks of one data set after the other, those of weight 0 left out."""
    possible = [i for i, weight in enumerate(group.tasks.weights) if weight > 0]
    chosen, draw, waiting = [], 0, list(possible)
    while len(chosen) < count:
        rng = generator(group.seed, PROBE, draw)
        task, draw = group.tasks.draw_task(rng), draw + 1
        if task.dataset in waiting or draw > MOST_DRAWS:
            chosen.append(task)
            waiting = [x for x in waiting if x != task.dataset] or list(possible)
    return chosen


def _rows(tree, first, size):
    return keras.tree.map_structure(lambda leaf: leaf[first : first + size], tree)
