"""A small data set whose pixels say what they belong to."""

import numpy as np

from learned_update.data import Dataset


def striped(name="striped", sizes=(7, 5, 9, 6), height=3, width=2, channels=1):
    """A data set whose first pixel is the label and whose second is the example."""
    labels = np.repeat(np.arange(len(sizes)), sizes)
    examples = np.concatenate([np.arange(size) for size in sizes])
    images = np.full((len(labels), height * width * channels), 17)
    images[:, 0], images[:, 1] = labels, examples
    order = np.random.default_rng(0).permutation(len(labels))
    return Dataset(
        name=name,
        images=images[order].reshape(-1, height, width, channels).astype("uint8"),
        labels=labels[order].astype("int32"),
        class_names=tuple("abcdefgh"[: len(sizes)]),
    )
