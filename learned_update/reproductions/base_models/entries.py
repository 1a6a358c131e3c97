"""Which base models are compared, and what they read."""

from typing import Any, NamedTuple

from learned_update.evaluation.episodes.split_pair import load_pair
from learned_update.layers import BASE_FORMS

MLP, CONVOLUTION, ATTENTION = "MLP", "convolution", "attention"
PATCHES = 4  # along the height and width of an image
WAVES = 8


class Entry(NamedTuple):
    """A base model on a data set.

    Attributes:
        form: `BaseForm`.
        units: widths, bottom to top.
        batch_size: examples of an inner step.
        pair: `SplitPair` that it reads.
    """

    form: Any
    units: tuple[int, ...]
    batch_size: int
    pair: Any


def of_images(name, size, features):
    """`{base model: Entry}` of a data set of images.

    Args:
        name: of the data set.
        size: height and width, in pixels; None takes the data set's own.
        features: how many all of them give.
    """
    pair = load_pair(name, size)
    height = pair.train.images.shape[1]
    attention = BASE_FORMS["attention"](patch=height // PATCHES, waves=WAVES)
    return {
        MLP: Entry(BASE_FORMS["mlp"](), (128, 128, features), 128, pair),
        CONVOLUTION: Entry(BASE_FORMS["conv"](), (32, features), 128, pair),
        ATTENTION: Entry(attention, (64, features), 64, pair),
    }


def of_texts(name, words, sequence, features):
    """`{base model: Entry}` of texts: their words as a bag, and in their order.

    The bag has all words of a text that are among the most frequent `words`, the
    sequence the first of them.

    Args:
        name: of a data set of TensorFlow Datasets.
        words: size of the vocabulary of all.
        sequence: words of a text.
        features: how many all of them give.
    """
    bags = load_pair(name, words=words)
    sequences = load_pair(name, words=words, sequence=sequence)
    attention = BASE_FORMS["attention"](
        tokens=sequence, vocabulary=words, waves=WAVES, attention=(0,)
    )
    return {
        MLP: Entry(BASE_FORMS["mlp"](), (128, 128, features), 128, bags),
        ATTENTION: Entry(attention, (64, features), 32, sequences),
    }
