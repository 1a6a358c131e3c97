"""Texts as the words that occur in them."""

import collections
import itertools
import numbers
import re

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer

from learned_update.data.preparation.texts import strings
from learned_update.errors import invalid

TOKEN = r"\w+(?:'\w+)*"  # letters and digits, apostrophes between them
_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_CHUNK = 1024  # texts whose sparse counts are held at a time
_PRESENT = 255  # of a word that occurs, as of a white pixel


def vocabulary(texts, words=1000):
    """The most frequent words of some texts.

    Words are lower case and may hold apostrophes; HTML line breaks are no words.

    Args:
        texts: strings, or bytes in UTF-8; any iterable, read once.
        words: how many.

    Returns:
        A tuple of at most `words` strings, the most frequent first; words that are
        equally frequent in alphabetical order.

    Raises:
        ValueError: if there are no words, or a text is no string.
    """
    if not isinstance(words, numbers.Integral) or words < 1:
        raise invalid(
            "A vocabulary cannot have this size.",
            expected="a whole number of words, at least 1",
            received=f"words={words!r}",
            remedy="Give a larger number.",
        )
    analyse = analyser()
    counts = collections.Counter()
    for text in strings(texts):
        counts.update(analyse(text))
    if not counts:
        raise invalid(
            "There are no words in these texts.",
            expected="texts with at least one word",
            received="no text, or empty ones",
            remedy="Check how they were read.",
        )
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(word for word, _ in ranked[:words])


def bag_of_words(texts, vocabulary, counts=False):
    """Which words of a vocabulary occur in each text, or how often.

    Args:
        texts: strings, or bytes in UTF-8; any iterable, read once.
        vocabulary: different words, as `vocabulary` makes them, in an order.
        counts: True counts occurrences; False says whether there are any.

    Returns:
        `(texts, 1, words, 1)`: float32 counts; or uint8, 255 for a word that occurs
        and 0 for others.

    Raises:
        ValueError: if there is no text, a text is no string, or the vocabulary is
            empty, holds a word twice or one that no text can hold.
    """
    vocabulary = checked_vocabulary(vocabulary)
    vectorizer = _vectorizer(vocabulary=vocabulary)
    remaining = strings(texts)
    chunks = []
    while chunk := list(itertools.islice(remaining, _CHUNK)):
        occurrences = vectorizer.transform(chunk).toarray()  # (chunk, words)
        if counts:
            chunks.append(occurrences.astype("float32"))
        else:
            chunks.append(np.where(occurrences, _PRESENT, 0).astype("uint8"))
    if not chunks:
        raise invalid(
            "There are no texts.",
            expected="at least one",
            received="none",
            remedy="Check how they were read.",
        )
    return np.concatenate(chunks)[:, None, :, None]


def checked_vocabulary(words):
    """A vocabulary as a tuple of words, or `ValueError` if it is none."""
    words = tuple(strings(words))
    if not words or len(set(words)) < len(words):
        raise _no_vocabulary(
            "different words, at least one",
            f"{len(words)} words, {len(set(words))} of them different",
        )
    analyse = analyser()
    for word in words:
        if analyse(word) != [word]:
            raise _no_vocabulary(
                "single words in lower case, without punctuation",
                f"{word!r}, whose words are {analyse(word)}",
            )
    return words


def _no_vocabulary(expected, received):
    return invalid(
        "This is no vocabulary.",
        expected=expected,
        received=received,
        remedy="Make one with `vocabulary(texts)`.",
    )


def analyser():
    """A function from a text to the list of its words, in their order."""
    return _vectorizer().build_analyzer()


def _vectorizer(**options):
    return CountVectorizer(
        preprocessor=_clean, token_pattern=TOKEN, decode_error="replace", **options
    )


def _clean(text):
    return _LINE_BREAK.sub(" ", text).replace("\u2019", "'").lower()
