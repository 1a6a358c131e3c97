"""Trees with a row per slot: made beside one another, and replaced on the device."""

import functools
import os
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
from keras import ops

from learned_update import backend
from learned_update.meta.trees import stack


def drawn_together(draw, slots):
    """`[draw(slot) for slot in slots]`, in as many threads as there are cores.

    What takes long in NumPy, such as a decomposition, lets other threads work.

    Args:
        draw: pure function of a slot.
        slots: sequence of integers.
    """
    threads = min(len(slots), os.cpu_count() or 1)
    if threads < 2:
        return [draw(slot) for slot in slots]
    with ThreadPoolExecutor(threads, "draws") as pool:
        return list(pool.map(draw, slots))


def replaced(tree, rows, slots):
    """A tree with the rows of some slots replaced; those alone travel to the device.

    Args:
        tree: of tensors with a leading `tasks` axis.
        rows: trees of arrays, one per slot that is replaced.
        slots: which, a sequence of integers in rising order.

    Returns:
        A tree like `tree`.
    """
    count = keras.tree.flatten(tree)[0].shape[0]
    if len(slots) == count:
        return stack(rows)
    positions = np.arange(count, dtype="int32")
    positions[slots] = count + np.arange(len(rows))
    rows = stack([*rows, *(_padding(len(rows)) * [rows[-1]])])
    return _compiled_taken()(tree, rows, ops.convert_to_tensor(positions))


@functools.cache
def _compiled_taken():
    # It asks for the devices: not when it is imported. Any number of rows is one trace.
    return backend.jit(_taken, free={1: (0,)})


def _taken(tree, rows, positions):
    """Rows of two trees by their positions in both together."""
    return keras.tree.map_structure(
        lambda old, new: ops.take(ops.concatenate([old, new]), positions, axis=0),
        tree,
        rows,
    )


def _padding(count):
    """What is missing to a power of two: few shapes, as each is compiled."""
    return (1 << (count - 1).bit_length()) - count
