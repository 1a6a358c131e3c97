"""Synthetic tables: columns that random causes bring about."""

import gin
import numpy as np

from learned_update.data.sources.synthetic.causes import KINDS
from learned_update.data.sources.synthetic.columns import styled
from learned_update.data.sources.synthetic.world import (
    TABLES,
    World,
    check_world,
    world_dataset,
)
from learned_update.errors import invalid

LATENTS = (2, 12)  # causes behind the columns of a world
SPREAD = (0.3, 1.2)  # of a class around its centre, in units of that of the centres


@gin.configurable(module="learned_update")
def synthetic_tables(
    world, size=None, channels=None, columns=30, classes=10, examples=64
):
    """Rows of one world: classes are clouds of causes, columns what these bring about.

    Three kinds take turns: columns as a linear mixture of the causes (correlated
    Gaussian clouds), as a random network of them, or as random trees that look at one
    cause after the other. Columns are then given styles: as they are, heavy-tailed,
    log-normal, in a few categories, binary, or noise that says nothing; all have mean
    0 and variance 1 in the end. The prior is of the kind that tabular foundation models
    are trained on (Hollmann et al. 2023), written anew and small.

    Args:
        world: its number, an integer of at least 0; everything is a function of it.
        size: height and width of images whose pixels the columns are, for a mixture
            with images; None for rows.
        channels: with `size`, 1 unless given.
        columns: without `size`.
        classes: number of classes.
        examples: rows of each.

    Returns:
        `Dataset` of float32 images, `(classes * examples, 1, columns, 1)` or with
        `(size, size, channels)`, class by class.

    Raises:
        ValueError: a number is too small.
    """
    check_world(world, classes, examples)
    shape = (1, columns, 1) if size is None else (size, size, channels or 1)
    count = int(np.prod(shape))
    if count < 2:
        raise invalid(
            "A table needs at least two columns.",
            expected="columns >= 2",
            received=f"{count} columns",
            remedy="Give `columns`, or a larger `size`.",
        )
    drawn = World(TABLES, world)
    rng = drawn.generator(0)
    causes = int(rng.integers(*LATENTS, endpoint=True))
    spread = rng.uniform(*SPREAD)
    effects = KINDS[world % len(KINDS)](rng, causes, count)
    rows = []
    for label in range(classes):
        own = drawn.class_generator(label)
        centre = own.normal(size=causes)
        shear = np.eye(causes) + own.normal(0, 0.5 / np.sqrt(causes), (causes, causes))
        latent = centre + spread * own.normal(size=(examples, causes)) @ shear
        rows.append(effects(latent))
    table = styled(drawn.generator(0, 1), np.concatenate(rows))
    images = table.reshape(-1, *shape).astype("float32")
    return world_dataset(f"synthetic/tables/{world}", images, classes)
