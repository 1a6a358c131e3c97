"""Files of features: where labels go, and when they are numbers."""

import csv

import numpy as np
import pytest

from learned_update.data import from_arrays
from learned_update.data.feature_files import SUFFIXES, writer

FEATURES = np.array([[0.1, -2.0], [3.0, 1e-30], [5.0, 6.0]], "float32")


def _written(path, labels):
    rows = np.arange(6.0).reshape(3, 2)
    writer(path)(path, FEATURES, from_arrays(rows, labels))
    return path


@pytest.mark.parametrize(
    ("labels", "expected", "kind"),
    [
        ([3, -1, 3], [3, -1, 3], "i"),
        (["10", "9", "10"], [10, 9, 10], "i"),
        ([0.5, -1.25, 1e-7], [0.5, -1.25, 1e-7], "f"),
        (["1", "0.5", "2.50"], [1.0, 0.5, 2.5], "f"),
        (["007", "1", "1"], ["007", "1", "1"], "U"),
        (["1.1", "1.10", "1.1"], ["1.1", "1.10", "1.1"], "U"),
        (["1_0", "2", "2"], ["1_0", "2", "2"], "U"),
        (["a", "1", "a"], ["a", "1", "a"], "U"),
    ],
)
def test_labels_that_are_numbers_stay_numbers(tmp_path, labels, expected, kind):
    with np.load(_written(tmp_path / "out.npz", labels)) as arrays:
        assert arrays["y"].dtype.kind == kind
        assert arrays["y"].tolist() == expected
        np.testing.assert_array_equal(arrays["X"], FEATURES)


@pytest.mark.parametrize(
    ("names", "expected"), [(("p", "q"), ["q", "", "p"]), (("3", "4"), [4, None, 3])]
)
def test_a_label_that_is_missing(tmp_path, names, expected):
    labels = np.array([1, -1, 0], "int32")
    rows = from_arrays(np.arange(6.0).reshape(3, 2))
    dataset = rows._replace(labels=labels, class_names=names)
    writer("out.npz")(tmp_path / "out.npz", FEATURES, dataset)
    with np.load(tmp_path / "out.npz") as arrays:
        y = arrays["y"].tolist()
    assert [None if value != value else value for value in y] == expected
    writer("out.csv")(tmp_path / "out.csv", FEATURES, dataset)
    with open(tmp_path / "out.csv", newline="") as file:
        cells = [row["label"] for row in csv.DictReader(file)]
    assert cells == [names[1], "", names[0]]


def test_without_labels_there_are_none(tmp_path):
    with np.load(_written(tmp_path / "out.npz", None)) as arrays:
        assert arrays.files == ["X"]


def test_a_table(tmp_path):
    with open(_written(tmp_path / "out.csv", [0.5, 2.5, 0.5]), newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["feature0", "feature1", "label"]
    assert [row[2] for row in rows] == ["0.5", "2.5", "0.5"]
    written = np.array([row[:2] for row in rows], "float32")
    np.testing.assert_array_equal(written, FEATURES)


def test_an_array_has_no_place_for_labels(tmp_path):
    np.testing.assert_array_equal(
        np.load(_written(tmp_path / "o.npy", [*"aba"])), FEATURES
    )


def test_other_suffixes_are_refused():
    with pytest.raises(ValueError, match=f"ends with {', '.join(SUFFIXES)}"):
        writer("out.parquet")
