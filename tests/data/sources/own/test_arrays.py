"""Arrays of users as data sets."""

import re

import numpy as np
import pytest
from scipy import sparse

from learned_update.data import check_dataset, flatten
from learned_update.data.sources.own.arrays import from_arrays

VALUES = np.random.default_rng(0).normal(size=(6, 4)) * 100


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((5, 12), (5, 1, 12, 1)),
        ((5, 3, 4), (5, 3, 4, 1)),
        ((5, 2, 3, 2), (5, 2, 3, 2)),
    ],
)
@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_every_array_gets_four_axes(shape, expected, dtype):
    values = np.arange(60).reshape(shape).astype(dtype)
    dataset = check_dataset(from_arrays(values))
    assert dataset.name == "arrays"
    assert dataset.labels is None
    assert dataset.class_names == ()
    assert dataset.images.dtype == dtype
    assert dataset.images.shape == expected
    np.testing.assert_array_equal(dataset.images.ravel(), np.arange(60))


@pytest.mark.parametrize("dtype", ["float64", "float16", "int64", "uint16", "int8"])
def test_other_numbers_become_floats_as_they_are(dtype):
    values = VALUES.astype("int8").astype(dtype)
    images = from_arrays(values).images
    assert images.dtype == np.float32
    np.testing.assert_array_equal(images[:, 0, :, 0], values)


def test_bool_is_black_and_white():
    values = VALUES > 0
    dataset = from_arrays(values)
    assert dataset.images.dtype == np.uint8
    np.testing.assert_array_equal(flatten(dataset), values)


@pytest.mark.parametrize("kind", [sparse.csr_matrix, sparse.coo_array])
def test_sparse_matrices_become_dense(kind):
    values = np.where(VALUES > 0, VALUES, 0)
    dataset = check_dataset(from_arrays(kind(values)))
    np.testing.assert_array_equal(flatten(dataset), values.astype("float32"))


def test_lists_are_arrays():
    np.testing.assert_array_equal(
        flatten(from_arrays([[1, 2], [3, 4]])), [[1, 2], [3, 4]]
    )


def test_labels_are_encoded():
    labels = ["b", "a", "b", "c", "a", "b"]
    dataset = check_dataset(from_arrays(VALUES, labels, name="mine"))
    assert dataset.name == "mine"
    assert dataset.labels.tolist() == [1, 0, 1, 2, 0, 1]
    assert dataset.class_names == ("a", "b", "c")
    given = from_arrays(VALUES, [2, 0, 2, 1, 0, 2], ["x", "y", "z"])
    assert given.labels.tolist() == [2, 0, 2, 1, 0, 2]
    assert given.class_names == ("x", "y", "z")


def with_values(values):
    changed = VALUES.copy()
    for position, value in values.items():
        changed[position] = value
    return changed


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (
            with_values({(2, 1): np.nan, (2, 3): -np.inf, (5, 0): np.nan}),
            r"Data set 'arrays' holds values that are not finite. Expected: finite "
            r"numbers in the range of float32. Received: 2 NaN and 1 infinite or too "
            r"large; the first, nan, at \[2, 1\]. Clean or impute",
        ),
        (
            with_values({(4, 2): 1e39}),
            r"0 NaN and 1 infinite or too large; the first, 1e\+39, at \[4, 2\].",
        ),
        (VALUES.astype(str), r"no array of numbers.*Received: <U\d+ of shape \(6, 4\)"),
        (VALUES.astype(complex), "no array of numbers.*Received: complex128 of"),
        (VALUES.astype(object), "Received: object of.*Cast it with .*'float32'"),
        ([[1, 2], [3]], "all rows of one length. Received: .*inhomogeneous"),
        (
            VALUES[0],
            r"another shape. Expected: \(examples, inputs\), \(examples, height, "
            r"width\) or \(examples, height, width, channels\). Received: \(4,\). "
            r"Reshape it; a single example is `x\[None\]`",
        ),
        (VALUES.reshape(1, 1, 2, 3, 4), r"Received: \(1, 1, 2, 3, 4\)"),
        (VALUES[:0], r"all at least 1. Received: \(0, 1, 4, 1\)"),
    ],
    ids=[
        "not finite",
        "too large",
        "strings",
        "complex",
        "objects",
        "ragged",
        "row",
        "video",
        "empty",
    ],
)
def test_what_is_no_data(images, message):
    with pytest.raises(ValueError, match=message):
        from_arrays(images)


def test_labels_that_do_not_fit():
    message = "'arrays' do not fit. Expected: 6 labels, one per example. Received: 5."
    with pytest.raises(ValueError, match=message):
        from_arrays(VALUES, [0, 1, 0, 1, 0])


def test_class_names_without_labels():
    message = (
        r"no labels. Expected: both or neither. Received: class_names=\('a', 'b'\)"
    )
    with pytest.raises(ValueError, match=message):
        from_arrays(VALUES, class_names=["a", "b"])


@pytest.mark.parametrize(
    "images",
    [
        np.ma.array(VALUES, mask=VALUES > 100),
        np.ma.array(VALUES, mask=VALUES > 100).astype("uint8"),
        [np.ma.array(row, mask=row > 100) for row in VALUES],
    ],
    ids=["floats", "bytes", "list"],
)
def test_masked_values_are_no_data(images):
    count, first = (VALUES > 100).sum(), np.argwhere(VALUES > 100)[0].tolist()
    message = (
        "'arrays' has masked values. Expected: an array without masked values. "
        rf"Received: {count} masked; the first at {re.escape(str(first))}. Fill them in"
    )
    with pytest.raises(ValueError, match=message):
        from_arrays(images)


def test_an_array_that_could_be_masked_but_is_not():
    values = VALUES.astype("float32")
    dataset = from_arrays(np.ma.array(values, mask=False))
    np.testing.assert_array_equal(flatten(dataset), values)
    assert type(dataset.images) is np.ndarray


def test_missing_labels_have_no_class():
    with pytest.warns(UserWarning, match="2 of 6 labels are missing"):
        dataset = from_arrays(VALUES, ["b", None, "b", "a", "NA", "b"])
    assert check_dataset(dataset).labels.tolist() == [1, -1, 1, 0, -1, 1]
    assert dataset.class_names == ("a", "b")
    np.testing.assert_array_equal(flatten(dataset), VALUES.astype("float32"))
