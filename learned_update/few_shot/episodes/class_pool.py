"""Images by class: several data sets as one, rotations by right angles as classes."""

from typing import NamedTuple

import numpy as np

from learned_update.data.dataset import check_labelled, several
from learned_update.errors import invalid

RIGHT_ANGLES = 4


class ClassPool(NamedTuple):
    """Examples of many classes.

    Attributes:
        images: `(examples, height, width, channels)`, as in `Dataset`.
        members: rows of `images` of each class, a tuple of `(examples,)`.
        turns: quarter turns of each class, `(classes,)`.
        names: of the classes, a tuple.
    """

    images: np.ndarray
    members: tuple[np.ndarray, ...]
    turns: np.ndarray
    names: tuple[str, ...]

    def read(self, number, rows):
        """Images of class `number` at rows of `images`, float32, uint8 as [0, 1]."""
        images = np.rot90(self.images[rows], self.turns[number], axes=(1, 2))
        scale = 255 if images.dtype == np.uint8 else 1
        return images.astype("float32") / np.float32(scale)


def class_pool(datasets, rotations=False):
    """The classes of some data sets as one pool.

    Args:
        datasets: labelled `Dataset`s of one image size, or a single one.
        rotations: whether every class counts four times, turned by 0, 90, 180 and
            270 degrees (Santoro et al., 2016); class c turned r times has the number
            r classes + c.

    Returns:
        `ClassPool`.

    Raises:
        ValueError: if the data sets differ in image size, one has no labels, or
            images are to be turned that are not square.
    """
    datasets = tuple(map(check_labelled, several(datasets)))
    shapes = {dataset.images.shape[1:] for dataset in datasets}
    if len(shapes) != 1:
        raise invalid(
            "Classes of these data sets cannot be told apart in one episode.",
            expected="images of one size",
            received=f"{sorted(shapes)}",
            remedy="Load them with the same `size` and `channels`.",
        )
    (shape,) = shapes
    if rotations and shape[0] != shape[1]:
        raise invalid(
            "Images that are not square cannot be turned by 90 degrees.",
            expected="as many rows as columns",
            received=f"images of shape {shape}",
            remedy="Leave `rotations` out, or load images of one `size`.",
        )
    members, names, first = [], [], 0
    for dataset in datasets:
        for label, name in enumerate(dataset.class_names):
            members.append(first + np.flatnonzero(dataset.labels == label))
            names.append(f"{dataset.name}: {name}")
        first += len(dataset.images)
    turns = range(RIGHT_ANGLES if rotations else 1)
    return ClassPool(
        images=np.concatenate([dataset.images for dataset in datasets]),
        members=tuple(members) * len(turns),
        turns=np.repeat(turns, len(members)),
        names=tuple(
            name if turn == 0 else f"{name}, {90 * turn} degrees"
            for turn in turns
            for name in names
        ),
    )
