"""Texts as the words that occur in them."""

import collections
import itertools
import re

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer

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
    if words < 1:
        raise invalid(
            "A vocabulary cannot have this size.",
            expected="at least 1 word",
            received=f"words={words}",
            remedy="Give a larger number.",
        )
    analyse = _vectorizer().build_analyzer()
    counts = collections.Counter()
    for text in _strings(texts):
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
        vocabulary: different words, in lower case.
        counts: True counts occurrences; False says whether there are any.

    Returns:
        `(texts, 1, words, 1)`: float32 counts; or uint8, 255 for a word that occurs
        and 0 for others.

    Raises:
        ValueError: if there is no text, a text is no string, or the vocabulary is
            empty or holds a word twice.
    """
    vocabulary = tuple(vocabulary)
    if not vocabulary or len(set(vocabulary)) < len(vocabulary):
        raise invalid(
            "This is no vocabulary.",
            expected="different words, at least one",
            received=f"{len(vocabulary)} words, {len(set(vocabulary))} of them "
            "different",
            remedy="Make one with `vocabulary(texts)`.",
        )
    vectorizer = _vectorizer(vocabulary=vocabulary)
    strings = _strings(texts)
    chunks = []
    while chunk := list(itertools.islice(strings, _CHUNK)):
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


def _vectorizer(**options):
    return CountVectorizer(
        preprocessor=_clean, token_pattern=TOKEN, decode_error="replace", **options
    )


def _clean(text):
    return _LINE_BREAK.sub(" ", text).replace("\u2019", "'").lower()


def _strings(texts):
    """Yields the texts; raises `ValueError` at the first that is no string."""
    if isinstance(texts, str | bytes):
        raise invalid(
            "This is a single text.",
            expected="a list or another iterable of texts",
            received=f"{type(texts).__name__} of length {len(texts)}",
            remedy="Put it into a list: `[text]`.",
        )
    for position, text in enumerate(texts):
        if not isinstance(text, str | bytes):
            raise invalid(
                f"Text {position} is no string.",
                expected="str, or bytes in UTF-8",
                received=f"{text!r:.80}",
                remedy="Leave it out, or give an empty string in its place.",
            )
        yield text
