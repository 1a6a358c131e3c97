"""What became of a data set that was asked to be prepared."""

import pathlib
from typing import NamedTuple


class Prepared(NamedTuple):
    """A data set in figures.

    Attributes:
        path: folder of the arrays; None if they are made each time.
        examples: how many there are.
        classes: how many there are; 0 if examples have no labels.
        shape: `(height, width, channels)` of an example.
        bytes: size of the images.
        source: where the data come from.
        existed: whether it was there already.
    """

    path: pathlib.Path | None
    examples: int
    classes: int
    shape: tuple[int, int, int]
    bytes: int
    source: str
    existed: bool


def describe(dataset, source, path=None, existed=True):
    """`Prepared` of a `Dataset`."""
    return Prepared(
        path=path,
        examples=len(dataset.images),
        classes=len(dataset.class_names),
        shape=dataset.images.shape[1:],
        bytes=dataset.images.nbytes,
        source=source,
        existed=existed,
    )
