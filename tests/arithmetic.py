"""Bounds on float32 results that follow from the mathematics, not from a processor.

Processors, libraries and numbers of threads sum in different orders, and round a
product and a sum once or twice. What they share is the backward error: a float32
program computes the exact result of arguments that are rounded a little differently,
by a modest multiple of the unit round-off `ROUND_OFF`. So its error is at most

    GROWTH * (response to relative changes of ROUND_OFF of every argument
              + ROUND_OFF * largest value of the result),

where the response is the condition of the mathematics. It is measured here in
float64, by rounding the arguments at random with a fixed seed, and hence is the same
on every machine. The second part is the rounding of the result itself.
"""

import os

import keras
import numpy as np
from keras import ops

HAS_FLOAT64 = (
    keras.backend.backend() == "tensorflow" or os.environ.get("JAX_ENABLE_X64") == "1"
)
ROUND_OFF = 2.0**-24  # largest relative error of rounding to float32

# A chain of k roundings of its own, which do not conspire, has an error of about
# sqrt(k) times that of one. The golden tensors, which another program computed in
# float32, are up to 2.6 times the response from the exact ones.
GROWTH = 8.0

# Where there is no float64 program, the float32 program itself is asked for its
# condition, by changes so large that its own rounding is small beside the response.
LARGE_CHANGE = 2.0**-10


def as_numpy(tree):
    """A tree of tensors, numbers and arrays as one of NumPy arrays."""
    return keras.tree.map_structure(lambda x: np.asarray(ops.convert_to_numpy(x)), tree)


def as_float64(array):
    """An array in float64, if it is one of floating numbers."""
    array = np.asarray(array)
    return array.astype("float64") if array.dtype.kind == "f" else array


def rounded_at_random(tree, rng, change=ROUND_OFF):
    """A tree of arrays, each floating number changed by `change` of it, up or down."""

    def rounded(array):
        array = np.asarray(array)
        if not np.issubdtype(array.dtype, np.floating):
            return array
        signs = rng.choice((-1.0, 1.0), size=array.shape)
        return (array * (1.0 + change * signs)).astype(array.dtype)

    return keras.tree.map_structure(rounded, tree)


def responses(function, *arguments, change=ROUND_OFF, draws=4):
    """How far the leaves of a result move when the arguments are rounded to float32.

    Args:
        function: of trees of arrays; its result is a tree of arrays. It computes in
            float64, unless `change` is `LARGE_CHANGE`.
        *arguments: trees of arrays.
        change: relative change of every argument; what comes of it is scaled to
            that of `ROUND_OFF`.
        draws: how often the arguments are changed; the largest response counts.

    Returns:
        `function(*arguments)` as NumPy arrays, and in the same tree the largest
        absolute change of each.
    """
    rng = np.random.default_rng(0)
    exact = as_numpy(function(*arguments))

    def distance(leaf, other):
        return np.abs(leaf - np.asarray(other, "float64")).max(initial=0.0)

    distances = [
        keras.tree.map_structure(
            distance,
            as_numpy(function(*rounded_at_random(arguments, rng, change))),
            exact,
        )
        for _ in range(draws)
    ]
    scale = ROUND_OFF / change
    largest = keras.tree.map_structure(lambda *each: max(each) * scale, *distances)
    return exact, largest


def float32_bounds(function, *arguments, steps=1, **options):
    """A result, and in the same tree the largest errors of a float32 program.

    Args:
        function: see `responses`.
        *arguments: see there.
        steps: how often the function does the same, one time on what came of the
            other. Every time adds roundings.
        **options: see there.
    """
    exact, moved = responses(function, *arguments, **options)

    def bound(leaf, response):
        size = np.abs(leaf).max(initial=0.0)
        return GROWTH * np.sqrt(steps) * (response + ROUND_OFF * size)

    return exact, keras.tree.map_structure(bound, exact, moved)


def assert_float32(actual, function, *arguments, **options):
    """Asserts that a float32 result is what the float64 `function(*arguments)` gives.

    Args:
        actual: tree of float32 tensors or arrays.
        function: as for `responses`: the same in float64.
        *arguments: trees of arrays, which are made float64.
        **options: of `responses`.
    """
    arguments = keras.tree.map_structure(as_float64, arguments)
    exact, bounds = float32_bounds(function, *arguments, **options)
    assert_within(actual, exact, bounds)


def assert_within(actual, expected, bounds):
    """Asserts that trees agree to the bound of each leaf."""
    flat = (keras.tree.flatten(tree) for tree in (as_numpy(actual), expected, bounds))
    for found, right, bound in zip(*flat, strict=True):
        assert found.shape == right.shape
        np.testing.assert_allclose(found, right, rtol=0, atol=bound)


def same_to_rounding(function, *arguments, **options):
    """Bounds on the distance of two float32 evaluations of a float32 function.

    Each is within its error of the exact result, so they differ by at most twice that.
    """
    options = {"change": LARGE_CHANGE, **options}
    exact, bounds = float32_bounds(function, *arguments, **options)
    return exact, keras.tree.map_structure(lambda bound: 2.0 * bound, bounds)


def assert_same_to_rounding(actual, function, *arguments, **options):
    """Asserts that a float32 result is that of another float32 program.

    Args: see `same_to_rounding`.
    """
    expected, bounds = same_to_rounding(function, *arguments, **options)
    assert_within(actual, expected, bounds)


def assert_rows_do_not_mind_company(embed, rows):
    """Asserts that every row's features are the same alone and among the others.

    A product of one row and one of many may be summed in different orders, so the
    features are the same to the rounding of float32.

    Args:
        embed: of rows `(examples, inputs)` to features, float32.
        rows: `(examples, inputs)`.
    """
    together, bound = same_to_rounding(embed, rows)
    alone = np.concatenate([embed(row[None]) for row in rows])
    assert_within(alone, together, bound)
