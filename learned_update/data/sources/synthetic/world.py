"""What the synthetic sources share: a world is a number, and its classes are drawn."""

from typing import NamedTuple

import numpy as np

from learned_update.data.dataset import Dataset
from learned_update.errors import invalid
from learned_update.randomness import generator

IMAGES, TABLES, TEXT = 1, 2, 3  # keys of the draws, a source each
WORLDS = 32  # that the name of a source stands for in a list


class World(NamedTuple):
    """What a world's examples are drawn with.

    Attributes:
        source: `IMAGES`, `TABLES` or `TEXT`.
        number: of the world, an integer of at least 0.
    """

    source: int
    number: int

    def generator(self, *key):
        """Generator of the whole world, or, with `1 + class` as key, of a class."""
        return generator(self.source, self.number, *key)

    def class_generator(self, label):
        """Generator of the examples of a class."""
        return self.generator(1 + label)


def check_world(world, classes, examples):
    """Raises `ValueError` unless the numbers make a world.

    Args:
        world: number of the world, at least 0.
        classes: at least 2.
        examples: of each class, at least 1.
    """
    if world < 0 or classes < 2 or examples < 1:
        raise invalid(
            "These numbers make no synthetic world.",
            expected="world >= 0, classes >= 2, examples >= 1",
            received=f"world={world}, classes={classes}, examples={examples}",
            remedy="Give larger numbers.",
        )


def world_dataset(name, images, classes):
    """A `Dataset` of images that come class by class, `(examples, h, w, channels)`."""
    each = len(images) // classes
    return Dataset(
        name=name,
        images=images,
        labels=np.repeat(np.arange(classes, dtype="int32"), each),
        class_names=tuple(f"{name}, class {label}" for label in range(classes)),
    )
