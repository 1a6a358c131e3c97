"""A meta-training run that takes seconds."""

import numpy as np

import learned_update as lu
from learned_update.data import (
    Augmentation,
    Dataset,
    InputMapDistribution,
    TaskDistribution,
)
from learned_update.layers import local_rule
from learned_update.training import Schedule

SCHEDULE = Schedule(truncation_lengths=(2, 3), unroll_lengths=(3, 8))


def images(classes=4, examples=12, size=3, seed=0):
    """A small data set of noisy prototypes."""
    rng = np.random.default_rng(seed)
    prototypes = rng.uniform(40, 215, size=(classes, 1, size, size, 1))
    noisy = prototypes + rng.normal(0, 25, size=(classes, examples, size, size, 1))
    return Dataset(
        name="prototypes",
        images=np.clip(noisy, 0, 255).reshape(-1, size, size, 1).astype("uint8"),
        labels=np.repeat(np.arange(classes), examples).astype("int32"),
        class_names=tuple(str(x) for x in range(classes)),
    )


def tasks(**options):
    """Three-way tasks with mapped inputs."""
    return TaskDistribution(
        [images()],
        ways=3,
        shots=3,
        queries=3,
        **{"input_maps": InputMapDistribution(), **options},
    )


def augmented_tasks():
    """Three-way tasks, normalised, augmented and permuted."""
    return tasks(
        input_maps=InputMapDistribution(0.5, 0, 0, 0.5, 1),
        augmentation=Augmentation(rotation=20, shift=0.2, noise=0.1),
        normalisation="inputs",
    )


def groups(units=(5,), slots=2, tasks=tasks):
    """One group of tasks."""
    return [lu.TaskGroup(tasks(), units=units, slots=slots, batch_size=8)]


def quick_rule(seed=1):
    """Oja's rule, for what is the same with every rule: it compiles in a sixth."""
    return local_rule("oja", seed=seed)


def trainer(rule=None, **options):
    """A meta-trainer of a rule, by default the quick one."""
    options = {"schedule": SCHEDULE, "seed": 3, "groups": groups(), **options}
    return lu.MetaTrainer(rule or quick_rule(), **options)
