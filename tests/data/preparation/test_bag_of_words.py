"""Texts as the words that occur in them."""

import collections

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer

from learned_update.data.preparation.bag_of_words import bag_of_words, vocabulary

TEXTS = (
    "The cat sat.<br /><br />The CAT's mat!",
    b"A mat, a cat\xc3\xa9; don't",
    "Don\u2019t 'quote' rock 'n' roll<BR>the the",
)


def test_most_frequent_words_come_first_and_ties_are_alphabetical():
    assert vocabulary(TEXTS) == (
        "the",  # 4
        "a",  # 2
        "don't",
        "mat",
        "cat",  # 1
        "cat's",
        "caté",
        "n",
        "quote",
        "rock",
        "roll",
        "sat",
    )
    assert vocabulary(TEXTS, words=3) == ("the", "a", "don't")


def test_frequencies_are_those_of_scikit_learn():
    rng = np.random.default_rng(0)
    texts = [" ".join(map(str, rng.geometric(0.2, 30) + 10)) for _ in range(50)]
    vectorizer = CountVectorizer()
    totals = np.asarray(vectorizer.fit_transform(texts).sum(axis=0))[0]
    names = vectorizer.get_feature_names_out()
    expected = [names[i] for i in np.lexsort((names, -totals))]
    assert vocabulary(iter(texts)) == tuple(expected)


def test_bags_say_which_words_occur_or_how_often():
    words = ("the", "don't", "dog", "mat")
    counts = bag_of_words(iter(TEXTS), words, counts=True)
    assert counts.dtype == np.float32
    assert counts.shape == (3, 1, 4, 1)
    expected = [[2, 0, 0, 1], [0, 1, 0, 1], [2, 1, 0, 0]]
    np.testing.assert_array_equal(counts[:, 0, :, 0], expected)
    present = bag_of_words(TEXTS, words)
    assert present.dtype == np.uint8
    np.testing.assert_array_equal(present, np.where(counts > 0, 255, 0))


def test_texts_of_no_known_word_are_dark():
    assert not bag_of_words(["", "unknown"], ("word",)).any()


def test_texts_are_counted_in_chunks():
    texts = [f"w{i % 7} w{i % 3}" for i in range(2500)]
    words = tuple(f"w{i}" for i in range(7))
    expected = np.zeros((2500, 7))
    for row, text in enumerate(texts):
        for word, count in collections.Counter(text.split()).items():
            expected[row, words.index(word)] = count
    bags = bag_of_words(iter(texts), words, counts=True)
    np.testing.assert_array_equal(bags[:, 0, :, 0], expected)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda: vocabulary([]), "no words.*at least one word. Received: no text"),
        (lambda: vocabulary(["", " <br/>!"]), "There are no words in these texts"),
        (
            lambda: vocabulary(TEXTS, 0),
            "number of words, at least 1. Received: words=0.",
        ),
        (lambda: vocabulary(TEXTS, 2.5), "at least 1. Received: words=2.5. Give"),
        (lambda: vocabulary("a cat"), r"single text.*Received: str of length 5. Put"),
        (lambda: vocabulary(["a", None]), "Text 1 is no string.*None. Leave it out"),
        (lambda: bag_of_words(["a", 3], ["a"]), "Text 1 is no string.*Received: 3."),
        (lambda: bag_of_words([], ["a"]), "There are no texts.*Received: none"),
        (lambda: bag_of_words(["a"], []), "no vocabulary.*Received: 0 words"),
        (
            lambda: bag_of_words(["a"], ["a", "b", "a"]),
            r"different words, at least one. Received: 3 words, 2 of them different.",
        ),
        (lambda: bag_of_words(["a"], "cat"), "single text.*Received: str of length 3"),
        (lambda: bag_of_words(["a"], {"b": 1, "a": 0}), "dict with the keys b, a"),
        (
            lambda: bag_of_words(["a"], ["a", "Cat"]),
            r"single words in lower case.*Received: 'Cat', whose words are \['cat'\]",
        ),
        (
            lambda: bag_of_words(["a"], ["new york"]),
            r"Received: 'new york', whose words are \['new', 'york'\]. Make one with",
        ),
    ],
    ids=[
        "no text",
        "no word",
        "size",
        "half a size",
        "string",
        "missing",
        "number",
        "none",
        "empty",
        "twice",
        "a string of words",
        "numbered words",
        "upper case",
        "two words",
    ],
)
def test_what_is_no_text_or_vocabulary(function, message):
    with pytest.raises(ValueError, match=message):
        function()
