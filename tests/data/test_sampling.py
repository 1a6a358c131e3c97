"""Sampling without replacement."""

import collections
import itertools

import numpy as np

from learned_update.data.sampling import distinct_integers
from learned_update.randomness import generator


def test_integers_of_a_row_are_distinct_and_below_its_count():
    counts = np.array([5, 6, 1000, 5])
    drawn = distinct_integers(generator(0), counts, 5)
    assert drawn.shape == (4, 5)
    assert all(len(set(row)) == 5 for row in drawn.tolist())
    assert (drawn >= 0).all()
    assert (drawn < counts[:, None]).all()
    assert sorted(drawn[0]) == sorted(drawn[3]) == [0, 1, 2, 3, 4]


def test_every_ordered_sample_is_equally_likely():
    rows = 60_000
    drawn = distinct_integers(generator(1), np.full(rows, 5), 3)
    counted = collections.Counter(map(tuple, drawn.tolist()))
    assert set(counted) == set(itertools.permutations(range(5), 3))
    expected = rows / 60
    chi_square = sum((n - expected) ** 2 / expected for n in counted.values())
    assert chi_square < 98.3  # 99.9 % quantile with 59 degrees of freedom
