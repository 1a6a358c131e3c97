"""What a run draws, without its gradients; as a program it prints a digest of it."""

import hashlib
import sys

import keras
import numpy as np

from learned_update.data import Augmentation, InputMapDistribution, TaskDistribution
from learned_update.training import Schedule, TaskGroup
from tests.training import small_run

OUTER_STEPS = 6


def trainer():
    """A trainer of two groups of augmented and permuted tasks; nothing compiles."""
    tasks = TaskDistribution(
        [small_run.images(), small_run.images(classes=5, seed=1)],
        weights=[1, 2],
        ways=3,
        shots=3,
        queries=3,
        input_maps=InputMapDistribution(permutation=0.5),
        augmentation=Augmentation(rotation=20, shift=0.2, noise=0.1),
    )
    return small_run.trainer(
        groups=[TaskGroup(tasks, (5,), slots=2), TaskGroup(tasks, (4, 3), slots=3)],
        schedule=Schedule(truncation_lengths=(2, 3), unroll_lengths=(3, 8)),
    )


def outer_step(run, state):
    """Draws an outer step, and takes the state past it; phi stays as it was.

    Returns:
        `(state, drawn)`: the next `TrainState`, and all that the step reads.
    """
    drawn = keras.tree.flatten(run.draw(state).groups)
    return run.advance(state)[0], [np.asarray(part) for part in drawn]


def digest(drawn):
    """A hash of the types, shapes and bytes of arrays."""
    total = hashlib.sha256()
    for part in drawn:
        total.update(f"{part.dtype} {part.shape}".encode())
        total.update(part.tobytes())
    return total.hexdigest()


def digests():
    """One hash per outer step."""
    run = trainer()
    state, found = run.initial_state(), []
    for _ in range(OUTER_STEPS):
        state, drawn = outer_step(run, state)
        found.append(digest(drawn))
    return found


if __name__ == "__main__":
    if keras.backend.backend() == "jax":
        sys.modules["tensorflow"] = None  # importing it raises from here on
    print(*digests())
