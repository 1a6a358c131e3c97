"""Data sets of TensorFlow Datasets that have a name of their own here.

Versions are pinned, so that what was prepared once is found again without a look at
TensorFlow Datasets.
"""

from typing import NamedTuple

from learned_update.data.catalogue.partitions import PARTS

IMAGES, TEXTS = "images", "texts"
GREY, COLOUR = 1, 3  # channels
LABELS, ALPHABETS = "labels", "alphabets"  # what data sets are divided by

_RESIZED = "imagenet_resized/{size}x{size}:0.1.0"
_RESIZED_SIZES = (8, 16, 32)


class Known(NamedTuple):
    """What is known of a data set before it is opened.

    Attributes:
        source: name in TensorFlow Datasets, with configuration and version.
        kind: `IMAGES` or `TEXTS`; None if that is to be found out.
        size: height and width unless others are asked for; None keeps those it has.
        channels: the same of channels.
        part: the one of `PARTS` that the name asks for; None for everything.
        divided_by: how the data set is divided into parts; None if it is not.
        split: split to read unless another is asked for.
        splits: whether another one can be asked for.
    """

    source: str
    kind: str | None = None
    size: int | None = None
    channels: int | None = None
    part: str | None = None
    divided_by: str | None = None
    split: str = "train"
    splits: bool = True


_KNOWN = {
    "mnist": Known("mnist:3.0.1", IMAGES, 28, GREY),
    "fashion_mnist": Known("fashion_mnist:3.0.1", IMAGES, 28, GREY),
    "cifar10": Known("cifar10:3.0.2", IMAGES, 32, COLOUR),
    "imdb": Known("imdb_reviews/plain_text:1.0.0", TEXTS),
    "imagenet": Known("imagenet2012:5.1.0", IMAGES, 16, COLOUR, divided_by=LABELS),
    "omniglot": Known("omniglot:3.0.0", IMAGES, 28, GREY, divided_by=ALPHABETS),
}


def _parts(name, known):
    """The parts of a data set that is divided, by name."""
    if known.divided_by == LABELS:
        return {f"{name}/{part}": known._replace(part=part) for part in PARTS}
    if known.divided_by == ALPHABETS:  # of the split `test`: `train` is the first part
        splits = ("train", "test", "test")
        return {
            f"{name}/{part}": known._replace(part=part, split=split, splits=False)
            for part, split in zip(PARTS, splits, strict=True)
        }
    return {}


_KNOWN |= {
    name: part
    for whole in list(_KNOWN)
    for name, part in _parts(whole, _KNOWN[whole]).items()
}
TFDS_NAMES = tuple(_KNOWN)


def known(name, size=None, channels=None):
    """What is known of a data set, its size and channels as they are asked for.

    ImageNet is read from its resized form (Chrabaszcz et al. 2017) if that has the size
    that is asked for, and from the original if not.

    Args:
        name: one of `TFDS_NAMES`, or any name in TensorFlow Datasets.
        size: height and width; None takes those of the data set.
        channels: 1 or 3; None takes those of the data set.

    Returns:
        `Known`.
    """
    found = _KNOWN.get(name, Known(name))
    found = found._replace(
        size=found.size if size is None else size,
        channels=found.channels if channels is None else channels,
    )
    resized = found.size in _RESIZED_SIZES and found.channels == COLOUR
    if found.divided_by == LABELS and resized:
        return found._replace(source=_RESIZED.format(size=found.size))
    return found
