"""Texts as sequences of words."""

import numpy as np
import pytest

from learned_update.data import from_texts
from learned_update.data.preparation.word_ids import word_ids

WORDS = ("the", "cat", "mat", "don't")


def test_first_words_in_their_order_going_round():
    texts = ("The dog, the mat<br>CAT cat the", b"mat don\xe2\x80\x99t", "dogs", "cat")
    ids = word_ids(iter(texts), WORDS, 4)
    assert ids.dtype == np.float32
    assert ids.shape == (4, 1, 4, 1)
    expected = [[0, 0, 2, 1], [2, 3, 2, 3], [0, 0, 0, 0], [1, 1, 1, 1]]
    np.testing.assert_array_equal(ids[:, 0, :, 0], expected)


def test_data_set_of_sequences():
    dataset = from_texts(
        ["a b a", "b c"], ["x", "y"], sequence=3, vocabulary=("a", "b", "c")
    )
    np.testing.assert_array_equal(dataset.images[:, 0, :, 0], [[0, 1, 0], [1, 2, 1]])
    assert dataset.class_names == ("x", "y")


@pytest.mark.parametrize(
    ("texts", "words", "length", "message"),
    [
        (["a"], WORDS, 0, "cannot be cut to this length"),
        (["a"], WORDS, 2.5, "length=2.5"),
        ([], WORDS, 2, "There are no texts"),
        (["a"], ("two words",), 2, "This is no vocabulary"),
        ("a text", WORDS, 2, "This is a single text"),
    ],
)
def test_wrong_arguments(texts, words, length, message):
    with pytest.raises(ValueError, match=message):
        word_ids(texts, words, length)
