"""Synthetic texts: bags of words of topic models that are drawn at random."""

import gin
import numpy as np

from learned_update.data.sources.synthetic.world import (
    TEXT,
    World,
    check_world,
    world_dataset,
)
from learned_update.errors import invalid

TOPICS = (4, 30)
LEAST_WORDS = 8  # of the vocabulary


@gin.configurable(module="learned_update")
def synthetic_text(
    world, size=None, channels=None, words=1000, classes=10, examples=64
):
    """Bags of words of one world: its topics, and how much of each a class talks.

    Words are as frequent as in language (Zipf: the r-th one 1/(r + 2.7)), and a topic
    says some far more often than the others do (latent Dirichlet allocation). A class
    has its own mean over topics, a text a mixture near it and a length of its own;
    what is kept is whether a word occurs.

    Args:
        world: its number, an integer of at least 0; everything is a function of it.
        size: height and width of images whose pixels the words are, for a mixture with
            images; None for rows.
        channels: with `size`, 1 unless given.
        words: of the vocabulary, without `size`.
        classes: number of classes.
        examples: texts of each.

    Returns:
        `Dataset` of uint8 images, 255 where a word occurs, `(classes * examples, 1,
        words, 1)` or with `(size, size, channels)`, class by class.

    Raises:
        ValueError: a number is too small.
    """
    check_world(world, classes, examples)
    shape = (1, words, 1) if size is None else (size, size, channels or 1)
    count = int(np.prod(shape))
    if count < LEAST_WORDS:
        raise invalid(
            "A vocabulary of so few words makes no texts.",
            expected=f"at least {LEAST_WORDS}",
            received=f"{count} words",
            remedy="Give `words`, or a larger `size`.",
        )
    drawn = World(TEXT, world)
    rng = drawn.generator(0)
    order = rng.permutation(count)
    frequency = 1 / (np.arange(count) + 2.7)
    frequency = frequency[order] / frequency.sum()
    topics = int(rng.integers(*TOPICS, endpoint=True))
    burst = rng.gamma(rng.uniform(0.05, 0.3), size=(topics, count))
    said = frequency * burst
    said /= said.sum(1, keepdims=True)
    length, faithful = rng.uniform(0.1, 1.0) * count, rng.uniform(5, 40)
    bags = []
    for label in range(classes):
        own = drawn.class_generator(label)
        mean = own.dirichlet(np.full(topics, 0.5))
        mixture = own.dirichlet(faithful * mean + 0.05, size=examples)
        counts = np.maximum(3, length * np.exp(own.normal(0, 0.4, (examples, 1))))
        chance = 1 - np.exp(-counts * (mixture @ said))  # that a word occurs
        bags.append(own.uniform(size=chance.shape) < chance)
    images = 255 * np.concatenate(bags).reshape(-1, *shape).astype("uint8")
    return world_dataset(f"synthetic/text/{world}", images, classes)
