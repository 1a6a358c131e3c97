"""Synthetic pictures: strokes, shapes, textures and scenes."""

import gin
import numpy as np

from learned_update.data.sources.synthetic.pictures import KINDS
from learned_update.data.sources.synthetic.world import (
    IMAGES,
    World,
    check_world,
    world_dataset,
)
from learned_update.errors import invalid

LEAST_SIZE = 4  # pixels


@gin.configurable(module="learned_update")
def synthetic_images(world, size=14, channels=1, classes=16, examples=48):
    """Pictures of one world: a kind, and prototypes of its classes.

    Four kinds take turns: `strokes` (bent lines of a pen, as in characters), `shapes`
    (filled outlines), `textures` (noise with oriented bands in its spectrum) and
    `scenes` (discs that hide each other, hence edges, over noise with a spectrum of
    1/f^a). Examples of a class differ in position, rotation, scale, contrast, polarity
    of the world's kind and noise.

    Args:
        world: its number, an integer of at least 0; everything is a function of it.
        size: height and width, at least 4.
        channels: 1 for grey, 3 for colour.
        classes: number of classes.
        examples: pictures of each.

    Returns:
        `Dataset` of uint8 images `(classes * examples, size, size, channels)`, class
        by class; more classes do not change those before.

    Raises:
        ValueError: a number is too small, or channels is neither 1 nor 3.
    """
    check_world(world, classes, examples)
    if size < LEAST_SIZE or channels not in (1, 3):
        raise invalid(
            "Synthetic pictures cannot be drawn like this.",
            expected=f"size of at least {LEAST_SIZE}, channels of 1 or 3",
            received=f"size={size}, channels={channels}",
            remedy="Leave these out for grey pictures of 14x14.",
        )
    drawn = World(IMAGES, world)
    kind = KINDS[world % len(KINDS)]
    pictures = [
        kind(drawn.class_generator(label), examples, size) for label in range(classes)
    ]
    tinted = [
        _tinted(picture, drawn.generator(0, label), channels)
        for label, picture in enumerate(pictures)
    ]
    images = np.rint(255 * np.concatenate(tinted)).astype("uint8")
    return world_dataset(f"synthetic/images/{world}", images, classes)


def _tinted(pictures, rng, channels):
    """Pictures in [0, 1], `(examples, size, size)`, with an axis of channels.

    Colour goes from one colour of the class to another one.
    """
    if channels == 1:
        return pictures[..., None]
    dark, light = rng.uniform(0.0, 0.6, 3), rng.uniform(0.4, 1.0, 3)
    return dark + pictures[..., None] * (light - dark)
