"""The order in which people count files."""

import itertools

import pytest

from learned_update.data.sources.own.natural_order import natural_key


@pytest.mark.parametrize(
    "names",
    [
        ["1.png", "2.png", "10.png"],
        ["01", "1", "002", "2", "10"],
        ["a", "a1", "a1b", "a2", "a10", "b"],
        ["2020-9-1", "2020-10-1"],
        ["", "0", "x", "\u0662"],
        ["1" * 30, "1" + "0" * 30],
    ],
)
def test_runs_of_digits_are_numbers(names):
    for given in itertools.permutations(names, len(names)):
        assert sorted(given, key=natural_key) == names
