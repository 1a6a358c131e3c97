"""Texts as sequences of words."""

import itertools

import numpy as np

from learned_update.checks import is_integer
from learned_update.data.preparation.bag_of_words import analyser, checked_vocabulary
from learned_update.data.preparation.texts import strings
from learned_update.errors import invalid


def word_ids(texts, vocabulary, length):
    """The first words of each text that a vocabulary has, as their indices in it.

    A shorter text is read again from its beginning, so that no place stays empty; one
    without any word of the vocabulary reads as the first word of it.

    Args:
        texts: strings, or bytes in UTF-8; any iterable, read once.
        vocabulary: different words, as `vocabulary` makes them, in an order.
        length: words of a text.

    Returns:
        `(texts, 1, length, 1)` float32, whole numbers from 0.

    Raises:
        ValueError: if there is no text, a text is no string, the length is below 1, or
            as `bag_of_words` for the vocabulary.
    """
    check_length(length)
    vocabulary = checked_vocabulary(vocabulary)
    index = {word: place for place, word in enumerate(vocabulary)}
    analyse = analyser()
    rows = []
    for text in strings(texts):
        known = [index[word] for word in analyse(text) if word in index] or [0]
        rows.append(list(itertools.islice(itertools.cycle(known), length)))
    if not rows:
        raise invalid(
            "There are no texts.",
            expected="at least one",
            received="none",
            remedy="Check how they were read.",
        )
    return np.asarray(rows, "float32")[:, None, :, None]


def check_length(length):
    """Raises `ValueError` unless this is a number of words."""
    if not is_integer(length) or length < 1:
        raise invalid(
            "Texts cannot be cut to this length.",
            expected="a whole number of words, at least 1",
            received=f"length={length!r}",
            remedy="Give a larger number.",
        )
