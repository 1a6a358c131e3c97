"""Points of two interleaved half circles."""

import math

import numpy as np
from sklearn import datasets

from learned_update.data.dataset import Dataset
from learned_update.errors import invalid


def two_moons(examples=1000, noise=0.1, seed=0):
    """Points in the plane on two interleaved half circles, with Gaussian noise.

    Args:
        examples: number of points, half of them on each moon, in random order.
        noise: standard deviation of the noise; the moons have radius 1.
        seed: integer of at least 0.

    Returns:
        `Dataset` with images `(examples, 1, 2, 1)` float32: the two coordinates.

    Raises:
        ValueError: if there are fewer than two examples, or the noise is negative or
            not finite.
    """
    if examples < 2:
        raise invalid(
            "There are too few examples for two moons.",
            expected="at least 2",
            received=f"examples={examples}",
            remedy="Give a larger number.",
        )
    if not (noise >= 0 and math.isfinite(noise)):
        raise invalid(
            "Moons cannot have this noise.",
            expected="a standard deviation of at least 0",
            received=f"noise={noise}",
            remedy="Give 0 for points exactly on the half circles.",
        )
    points, labels = datasets.make_moons(examples, noise=noise, random_state=seed)
    return Dataset(
        name="two_moons",
        images=points.reshape(-1, 1, 2, 1).astype("float32"),
        labels=labels.astype(np.int32),
        class_names=("upper", "lower"),
    )
