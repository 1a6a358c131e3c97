"""How far images are rotated, shifted and overlaid with noise, at random."""

from typing import NamedTuple

import gin
import numpy as np

from learned_update.errors import invalid
from learned_update.randomness import generator
from learned_update.types import NOISE, ROTATION, SHIFT_DOWN, SHIFT_RIGHT

BANK_SEED = 0
BANK_KEY = 0x6E6F697365  # "noise": the bank shares its draws with nothing else


class Augmentation(NamedTuple):
    """Largest magnitudes; every example draws its own, uniformly.

    Attributes:
        rotation: degrees, either way.
        shift: share of the image's height and width, either way along both.
        noise: standard deviation of normal noise, where images are in [0, 1].
        noise_images: in the bank that noise is picked from.
    """

    rotation: float = 0.0
    shift: float = 0.0
    noise: float = 0.0
    noise_images: int = 1024


gin.external_configurable(Augmentation, module="learned_update")


def check_augmentation(augmentation, image_shape):
    """Raises `ValueError` for magnitudes that make no sense for images of a shape."""
    for name, largest in (("rotation", 180), ("shift", 1), ("noise", np.inf)):
        magnitude = getattr(augmentation, name)
        if not 0 <= magnitude <= largest or not np.isfinite(magnitude):
            raise invalid(
                f"Images cannot be augmented by this {name}.",
                expected=f"a number from 0 to {largest}",
                received=f"{name}={magnitude}",
                remedy="Give 0 to leave it out.",
            )
    if augmentation.noise_images < 1:
        raise invalid(
            "The bank of noise images is empty.",
            expected="noise_images >= 1",
            received=f"noise_images={augmentation.noise_images}",
            remedy="The default is 1024.",
        )
    moved = augmentation.rotation > 0 or augmentation.shift > 0
    if moved and 1 in image_shape[:2]:
        raise invalid(
            "Only images can be rotated and shifted.",
            expected="height and width of at least 2 pixels",
            received=f"examples of shape {tuple(image_shape)}",
            remedy="Set rotation and shift to 0 for tables and text.",
        )


def regression_targets(augmentation):
    """Indices of the coefficients that vary, which features should tell."""
    magnitudes = {
        ROTATION: augmentation.rotation,
        SHIFT_DOWN: augmentation.shift,
        SHIFT_RIGHT: augmentation.shift,
        NOISE: augmentation.noise,
    }
    return tuple(index for index, value in magnitudes.items() if value > 0)


def draw_coefficients(rng, augmentation, image_shape, steps, rows):
    """Draws what `ops.augmentation.augment` reads, for some inner steps.

    Args:
        rng: NumPy generator.
        augmentation: `Augmentation`.
        image_shape: `(height, width, channels)`.
        steps: inner steps.
        rows: examples of a step.

    Returns:
        Coefficients `(steps, rows, 4)` float32 and noise images `(steps, rows)` int32.
    """
    height, width, _ = image_shape
    largest = np.zeros(4)
    largest[ROTATION] = np.deg2rad(augmentation.rotation)
    largest[SHIFT_DOWN] = augmentation.shift * height
    largest[SHIFT_RIGHT] = augmentation.shift * width
    coefficients = rng.uniform(-1, 1, size=(steps, rows, 4)) * largest
    coefficients[..., NOISE] = rng.uniform(0, augmentation.noise, size=(steps, rows))
    noise = rng.integers(augmentation.noise_images, size=(steps, rows), dtype="int32")
    return coefficients.astype("float32"), noise


def noise_bank(augmentation, inputs):
    """Normal noise, `(noise_images, inputs)` float32; the same in every run."""
    rng = generator(BANK_SEED, BANK_KEY)
    return rng.standard_normal((augmentation.noise_images, inputs), dtype="float32")
