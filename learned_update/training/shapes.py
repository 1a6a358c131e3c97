"""Shapes of base models: a small set of buckets that covers a range."""

import math

import gin

from learned_update.errors import invalid
from learned_update.randomness import generator
from learned_update.training.task_group import TaskGroup

SHAPES_KEY = 0x736861706573  # "shapes": keeps these draws apart from all others


@gin.configurable(module="learned_update")
def sampled_groups(
    tasks=gin.REQUIRED,
    buckets=8,
    depths=(2, 5),
    widths=(64, 512),
    width_multiple=8,
    embedding_units=32,
    batch_sizes=(64, 64),
    slots=8,
    activation="relu",
    seed=0,
):
    """Groups of tasks whose base models differ in depth, width and batch size.

    Depths go round from the least to the largest, so that every depth occurs; widths
    and batch sizes are drawn log-uniformly, one of each per bucket. Every depth is
    compiled once, on XLA every bucket.

    Args:
        tasks: `TaskDistribution`s, given to the buckets in turn, one further each time
            that the depths have gone round, so that every depth has all of them.
        buckets: number of groups.
        depths: least and largest number of layers, with the embedding's.
        widths: least and largest units of the layers below the embedding.
        width_multiple: of which drawn widths are.
        embedding_units: of the last layer.
        batch_sizes: least and largest examples of an inner batch.
        slots: number of tasks of a group at a time.
        activation: of the base models.
        seed: of the draws.

    Returns:
        A list of `TaskGroup`s.

    Raises:
        ValueError: there are no tasks or buckets, or a range is empty.
    """
    if not tasks or buckets < 1:
        raise invalid(
            "There is nothing to make groups of.",
            expected="at least one task distribution, buckets of at least 1",
            received=f"{len(tasks)} task distributions, buckets={buckets}",
            remedy="Give sampled_groups.tasks, for example [@task_distribution()].",
        )
    for name, (least, largest) in (
        ("depths", depths),
        ("widths", widths),
        ("batch_sizes", batch_sizes),
    ):
        if not 1 <= least <= largest:
            raise invalid(
                f"The range of {name} is empty.",
                expected="1 <= least <= largest",
                received=f"{name}={(least, largest)}",
                remedy="Swap the two, or give the same number twice.",
            )
    groups = []
    for bucket in range(buckets):
        rng = generator(seed, SHAPES_KEY, bucket)
        round_, step = divmod(bucket, depths[1] - depths[0] + 1)
        depth = depths[0] + step
        width = _log_uniform(rng, widths, width_multiple)
        groups.append(
            TaskGroup(
                tasks=tasks[(bucket + round_) % len(tasks)],
                units=(width,) * (depth - 1) + (embedding_units,),
                slots=slots,
                activation=activation,
                batch_size=_log_uniform(rng, batch_sizes, 1),
            )
        )
    return groups


def _log_uniform(rng, limits, multiple):
    """A multiple of a number between two limits, log-uniform up to rounding."""
    least, largest = limits
    value = math.exp(rng.uniform(math.log(least), math.log(largest)))
    rounded = multiple * round(value / multiple)
    return min(max(rounded, least), largest)
