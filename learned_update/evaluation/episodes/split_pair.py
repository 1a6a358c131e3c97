"""A data set as a train and a test split, and the pixels that methods see of it."""

from typing import NamedTuple

import numpy as np

from learned_update.data import Dataset, check_labelled, flatten, load
from learned_update.data import split as split_in_two
from learned_update.data.dataset import take_rows
from learned_update.errors import invalid
from learned_update.randomness import generator

_UNDIVIDED = ("digits", "two_moons", "glyphs/")  # come without a test split
_SEED = 0  # of the split of these, of validation parts, and of the unlabelled rows
# Of a train split, as large a part as MNIST's test split is of MNIST.
VALIDATION_SHARE = 1 / 7


class SplitPair(NamedTuple):
    """The two splits of a data set.

    Attributes:
        train: `Dataset` of what may be learned from, and of the support.
        test: `Dataset` of the queries, of the same classes and image size.
    """

    train: Dataset
    test: Dataset

    @property
    def title(self):
        """Name and image size, such as `mnist 14x14`."""
        height, width = self.train.images.shape[1:3]
        return f"{self.train.name} {height}x{width}"


def load_pair(name, size=None, **options):
    """Loads the splits `train` and `test` of a data set, whole.

    Data sets of this package, which have no such splits, are split in halves.

    Args:
        name: as in `load`.
        size: height and width of images; None takes the data set's own.
        **options: as in `load`.

    Returns:
        `SplitPair`.

    Raises:
        ValueError: as `load` does.
    """
    if name.startswith(_UNDIVIDED):
        return SplitPair(*split_in_two(load(name, size=size, **options), 0.5, _SEED))
    parts = (load(name, size=size, split=part, **options) for part in ("train", "test"))
    return SplitPair(*parts)


def load_train(name, size=None, **options):
    """Loads what `load_pair` has as `train`, and nothing of a split `test`."""
    if name.startswith(_UNDIVIDED):
        return load_pair(name, size, **options).train
    return load(name, size=size, split="train", **options)


def validation_pair(train, without=()):
    """Two parts of a train split, for choices that no test example may have a say in.

    Args:
        train: `Dataset` of the train split.
        without: rows of it that are in neither part.

    Returns:
        `SplitPair` whose `test` is `VALIDATION_SHARE` of every class.
    """
    kept = np.delete(np.arange(len(check_labelled(train).labels)), without)
    rest = take_rows(train, kept)
    return SplitPair(*split_in_two(rest, 1 - VALIDATION_SHARE, _SEED))


def check_pair(pair):
    """Returns `pair` if both splits are labelled and alike; else `ValueError`."""
    train, test = (check_labelled(part) for part in pair)
    alike = train.images.shape[1:] == test.images.shape[1:]
    if not alike or train.class_names != test.class_names:
        raise invalid(
            f"The splits of data set {train.name!r} do not belong together.",
            expected="images of one shape and the same classes",
            received=f"images of {train.images.shape[1:]} and {test.images.shape[1:]}, "
            f"{len(train.class_names)} and {len(test.class_names)} classes",
            remedy="Load both from one data set at one size.",
        )
    return pair


def pixels_of(dataset, rows):
    """Pixels of some examples, `(rows, inputs)` float32."""
    return flatten(Dataset(dataset.name, np.asarray(dataset.images[rows])))


def unlabelled_rows(examples, most=None):
    """Which examples methods learn from, ascending; all of them if `most` is None."""
    if most is None or most >= examples:
        return np.arange(examples)
    return np.sort(generator(_SEED).permutation(examples)[:most])
