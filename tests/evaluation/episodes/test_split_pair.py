"""Train and test split of a data set, and what is seen of them."""

import numpy as np
import pytest

from learned_update.data import digits, flatten
from learned_update.evaluation.episodes.split_pair import (
    SplitPair,
    check_pair,
    load_pair,
    pixels_of,
    unlabelled_rows,
)


def test_data_sets_without_a_test_split_are_halved():
    pair = load_pair("digits", 8)
    assert pair.title == "digits 8x8"
    counts = [np.bincount(part.labels) for part in pair]
    assert np.abs(counts[0] - counts[1]).max() <= 1
    together = np.concatenate([part.images for part in pair]).reshape(1797, -1)
    whole = digits().images.reshape(1797, -1)
    np.testing.assert_array_equal(
        together[np.lexsort(together.T)], whole[np.lexsort(whole.T)]
    )


def test_pixels_are_those_of_the_rows():
    rows = [5, 2, 900]
    np.testing.assert_array_equal(pixels_of(digits(), rows), flatten(digits())[rows])


def test_unlabelled_rows_are_different_and_the_same_each_time():
    rows = unlabelled_rows(100, 30)
    assert (np.diff(rows) > 0).all()
    assert len(rows) == 30
    np.testing.assert_array_equal(rows, unlabelled_rows(100, 30))
    for most in (None, 100, 200):
        np.testing.assert_array_equal(unlabelled_rows(100, most), np.arange(100))


def test_splits_of_different_data_are_refused():
    pair = load_pair("digits", 8)
    assert check_pair(pair) is pair
    with pytest.raises(ValueError, match=r"do not belong together.*\(8, 8, 1\).*\(6, "):
        check_pair(SplitPair(pair.train, load_pair("digits", 6).test))
    with pytest.raises(ValueError, match="has no labels"):
        check_pair(SplitPair(pair.train, pair.test._replace(labels=None)))
