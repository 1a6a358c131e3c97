"""Data sets: their checks, subsets and splits."""

import numpy as np
import pytest
from absl import logging as absl_logging

from learned_update.data import (
    Dataset,
    check_dataset,
    check_labelled,
    flatten,
    split,
    subset,
)
from tests.data.striped import striped

FLOATS = np.full((27, 3, 2, 1), np.nan, "float32")


def test_a_sound_data_set_is_returned():
    dataset = striped()
    assert check_dataset(dataset) is dataset


def test_data_without_labels_are_sound_where_labels_are_not_needed():
    dataset = striped()._replace(labels=None, class_names=())
    assert check_dataset(dataset) is dataset
    for function in (lambda d: subset(d, [0, 1]), lambda d: split(d, 0.5, 0)):
        with pytest.raises(ValueError, match="'striped' has no labels.*train_base"):
            function(dataset)


def test_examples_without_label_are_left_out_where_labels_are_needed():
    whole = striped()
    some = np.arange(27) % 4 != 1  # seven are not
    labels = np.where(some, whole.labels, -1).astype("int32")
    dataset = whole._replace(labels=labels)
    kept = whole._replace(images=whole.images[some], labels=whole.labels[some])
    assert check_dataset(dataset) is dataset
    for function in (
        check_labelled,
        lambda d: subset(d, [3, 1]),
        lambda d: split(d, 0.5, 0)[1],
    ):
        found, expected = function(dataset), function(kept)
        np.testing.assert_array_equal(found.images, expected.images)
        np.testing.assert_array_equal(found.labels, expected.labels)
        assert found.class_names == expected.class_names


def test_how_many_have_no_label_is_logged(caplog):
    labels = striped().labels.copy()
    labels[[3, 5]] = -1
    absl_logging.get_absl_logger().propagate = True
    with caplog.at_level("INFO", logger="absl"):
        check_labelled(striped()._replace(labels=labels))
    message = "2 of 27 examples of data set 'striped' have no label and are left out."
    assert caplog.messages == [message]


def test_data_whose_labels_are_all_missing_are_unlabelled():
    dataset = striped()._replace(labels=np.full(27, -1, "int32"))
    with pytest.raises(ValueError, match="'striped' has no labels"):
        check_labelled(dataset)


def test_floats_are_what_the_base_model_sees():
    images = np.random.default_rng(0).normal(size=(4, 1, 5, 1)).astype("float32")
    pixels = flatten(Dataset("table", images))
    np.testing.assert_array_equal(pixels, images[:, 0, :, 0])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"images": FLOATS.astype("float64")},
            r"Images of data set 'striped' are of another type. Expected: uint8 from 0 "
            r"to 255, or float32. Received: float64 of shape \(27, 3, 2, 1\) with 162 "
            "NaN. `from_arrays` converts",
        ),
        (
            {"images": FLOATS},
            r"not finite. Expected: finite numbers. Received: 162 NaN or infinite",
        ),
        (
            {"images": striped().images[..., 0]},
            r"another shape. Expected: \(examples, height, width, channels\), all at "
            r"least 1. Received: \(27, 3, 2\). Give grey images a last axis",
        ),
        (
            {"images": striped().images[:0]},
            r"another shape. .*Received: \(0, 3, 2, 1\)",
        ),
        (
            {"labels": striped().labels[1:]},
            r"Labels of data set 'striped' do not fit its images. Expected: int32 of "
            r"shape \(27,\), one per image. Received: int32 of shape \(26,\)",
        ),
        (
            {"labels": striped().labels.astype("int64")},
            r"Received: int64 of shape \(27,\). Reshape them, or cast them",
        ),
        (
            {"class_names": ("a", "b", "c")},
            r"do not fit its 3 class names. Expected: labels in 0..2, or -1 for none. "
            r"Received: labels "
            r"from 0 to 3. Name every class",
        ),
        (
            {"labels": striped().labels - np.int32(2)},
            r"Received: labels from -2 to 1. .*count from 0",
        ),
    ],
    ids=[
        "doubles",
        "not finite",
        "no channels",
        "empty",
        "lengths",
        "labels",
        "names",
        "negative",
    ],
)
def test_what_is_wrong_with_a_data_set_is_said(changes, message):
    with pytest.raises(ValueError, match=message):
        check_dataset(striped()._replace(**changes))


def test_subset_relabels_in_the_order_given():
    part = subset(striped(), [2, 0])
    assert part.class_names == ("c", "a")
    assert part.labels.dtype == np.int32
    old_labels = part.images[:, 0, 0, 0]
    np.testing.assert_array_equal(part.labels, np.where(old_labels == 2, 0, 1))
    assert sorted(part.images[part.labels == 0, 0, 1, 0]) == list(range(9))
    assert len(part.labels) == 7 + 9


def test_subset_keeps_the_order_of_examples():
    dataset = striped()
    part = subset(dataset, [1, 3])
    expected = dataset.images[np.isin(dataset.labels, [1, 3])]
    np.testing.assert_array_equal(part.images, expected)


@pytest.mark.parametrize("classes", [[0, 0], [4], [-1]])
def test_subset_of_classes_that_do_not_exist(classes):
    message = (
        r"not classes of data set 'striped'. Expected: different indices in 0..3. "
        rf"Received: classes=\[{', '.join(map(str, classes))}\]. Leave out"
    )
    with pytest.raises(ValueError, match=message):
        subset(striped(), classes)


def test_flatten_scales_to_one_row_by_row():
    dataset = striped(channels=3)
    dataset.images[0, 1, 0, 2] = 255
    pixels = flatten(dataset)
    assert pixels.dtype == np.float32
    assert pixels.shape == (27, 18)
    assert pixels[0, 1 * 6 + 0 * 3 + 2] == 1
    assert pixels[1, 5] == np.float32(17) / np.float32(255)


def test_split_takes_its_share_of_every_class():
    dataset = striped(sizes=(10, 2, 21))
    first, second = split(dataset, 0.6, seed=3)
    assert np.bincount(first.labels).tolist() == [6, 1, 13]
    assert np.bincount(second.labels).tolist() == [4, 1, 8]
    images = np.concatenate([first.images, second.images]).reshape(33, -1)
    original = dataset.images.reshape(33, -1)
    assert sorted(map(tuple, images)) == sorted(map(tuple, original))


def test_each_part_of_a_split_has_an_example():
    first, second = split(striped(), 0.01, seed=0)
    assert np.bincount(first.labels).tolist() == [1, 1, 1, 1]
    first, second = split(striped(), 0.99, seed=0)
    assert np.bincount(second.labels).tolist() == [1, 1, 1, 1]


def test_split_is_a_function_of_the_seed():
    first, again, other = (split(striped(), 0.5, seed)[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.images, again.images)
    assert (first.images != other.images).any()


@pytest.mark.parametrize("fraction", [0, 1, -0.5])
def test_split_in_an_impossible_proportion(fraction):
    message = rf"Expected: a fraction between 0 and 1.*fraction={fraction}. Use"
    with pytest.raises(ValueError, match=message):
        split(striped(), fraction, seed=0)


def test_split_of_a_single_example():
    message = (
        "Class 'b' of data set 'striped' cannot be split. Expected: at least 2 "
        "examples. Received: 1. Leave the class out"
    )
    with pytest.raises(ValueError, match=message):
        split(striped(sizes=(4, 1)), 0.5, seed=0)
