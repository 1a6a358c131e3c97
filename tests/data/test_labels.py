"""Labels of any kind as indices of classes."""

import numpy as np
import pytest

from learned_update.data.labels import encode_labels


@pytest.mark.parametrize(
    ("labels", "indices", "names"),
    [
        (["cat", "ant", "cat"], [1, 0, 1], ("ant", "cat")),
        ((10, 9, 9), [1, 0, 0], ("9", "10")),
        (np.array([10, 9, 9], "uint8"), [1, 0, 0], ("9", "10")),
        (np.array([[7], [7], [-1]]), [1, 1, 0], ("-1", "7")),
        ([[7], [7], [-1]], [1, 1, 0], ("-1", "7")),
        (np.array([b"cat", b"ant", b"ant"]), [1, 0, 0], ("ant", "cat")),
        ([True, False, True], [1, 0, 1], ("False", "True")),
        ([2, "b", "a"], [0, 2, 1], ("2", "a", "b")),
        ([frozenset("a"), 1, 1], [1, 0, 0], ("1", "frozenset({'a'})")),
        (np.array(["b", 2, "b"], object), [1, 0, 1], ("2", "b")),
    ],
    ids=[
        "strings",
        "integers",
        "array",
        "column",
        "nested",
        "bytes",
        "bool",
        "mixed",
        "hashable",
        "objects",
    ],
)
def test_classes_are_what_occurs_in_order(labels, indices, names):
    encoded, class_names = encode_labels(labels, 3)
    assert encoded.dtype == np.int32
    assert encoded.tolist() == indices
    assert class_names == names


class NotAvailable:
    """As `pandas.NA` compares: with itself and anything, to itself."""

    def __eq__(self, other):
        return self

    def __ne__(self, other):
        return self

    def __hash__(self):
        return 0

    def __repr__(self):
        return "<NA>"


MASKED = np.ma.array([4, 5, 6, 4], mask=[False, True, False, False])


@pytest.mark.parametrize(
    ("labels", "shown", "names"),
    [
        (["4", None, "6", "4"], "None", ("4", "6")),
        (["4", "", "6", "4"], "''", ("4", "6")),
        (["4", "NA", "6", "4"], "'NA'", ("4", "6")),
        (np.array(["4", "NaN", "6", "4"]), "'NaN'", ("4", "6")),
        (np.array([b"4", b" nan ", b"6", b"4"]), "b' nan '", ("4", "6")),
        (np.array([4, np.nan, 6, 4]), "nan", ("4.0", "6.0")),
        (np.array([4, np.nan, 6, 4], object), "nan", ("4", "6")),
        ([4, np.datetime64("NaT", "s"), 6, 4], "np.datetime64.*", ("4", "6")),
        (np.array([4, NotAvailable(), 6, 4], object), "<NA>", ("4", "6")),
        (MASKED, "None", ("4", "6")),
        (MASKED[:, None], "None", ("4", "6")),
    ],
)
def test_missing_labels_are_no_class(labels, shown, names):
    message = (
        rf"Data set 'mine': 1 of 4 labels are missing \(the first, {shown}, at "
        r"position 1\). Features can be learned from these examples; tasks and scores"
    )
    with pytest.warns(UserWarning, match=message):
        encoded, class_names = encode_labels(labels, 4, name="mine")
    assert encoded.dtype == np.int32
    assert encoded.tolist() == [0, -1, 1, 0]
    assert class_names == names


def test_what_reads_as_missing_is_a_class_if_it_is_named():
    encoded, names = encode_labels(["DE", "NA", "DE"], 3, ["DE", "NA"])
    assert encoded.tolist() == [0, 1, 0]
    assert names == ("DE", "NA")
    with pytest.warns(UserWarning, match="1 of 3 labels are missing"):
        encoded, _ = encode_labels(["DE", None, "NA"], 3, ["DE", "NA"])
    assert encoded.tolist() == [0, -1, 1]


def test_class_names_given_are_indexed_or_repeated():
    names = ["zebra", "ant", "cat"]
    for labels in ([2, 0, 2], np.array([2, 0, 2], "uint8"), ["cat", "zebra", "cat"]):
        encoded, class_names = encode_labels(labels, 3, names)
        assert encoded.tolist() == [2, 0, 2]
        assert class_names == ("zebra", "ant", "cat")


@pytest.mark.parametrize(
    ("labels", "class_names", "message"),
    [
        (
            [0, 1],
            None,
            r"Labels of data set 'mine' do not fit. Expected: 3 labels, one per "
            r"example. Received: 2. Give a label per example, or leave the labels out",
        ),
        ([None, "NA", ""], None, "fewer than two classes.*Received: only 'nothing'."),
        (np.array([0, np.nan, np.nan], "float32"), None, "Received: only 0.0."),
        (
            np.eye(3),
            None,
            r"another shape. Expected: a list or an array, \(examples,\) or "
            r"\(examples, 1\). Received: \(3, 3\). Turn .*argmax",
        ),
        (5, None, r"another shape.*Received: \(\)"),
        ([[0], [1, 2], [0]], None, r"or anything hashable. Received: \[0\]. Give"),
        (
            ["a", "a", "a"],
            None,
            "'mine' has fewer than two classes. Expected: labels of at least 2 classes,"
            " or no labels. Received: only 'a'. Leave the labels out",
        ),
        ([1, "1", 2], None, "cannot have these names.*3 names, '1' more than once."),
        ([0, 1, 0], ["a", "b", "a"], "Received: 3 names, 'a' more than once."),
        ([0, 0, 0], ["a"], r"at least 2 different names. Received: \('a',\). Name"),
        ([0, 2, 1], ["a", "b"], r"0..1, or one of the 2 class names. Received: 2. "),
        ([0, -1, 1], ["a", "b"], "Received: -1. "),
        (["a", "c", "b"], ["a", "b"], "Received: 'c'. "),
        ([0.5, 1, 1], ["a", "b"], "Received: 0.5. "),
    ],
    ids=[
        "lengths",
        "all missing",
        "nan",
        "indicators",
        "single",
        "lists",
        "one class",
        "same text",
        "same name",
        "one name",
        "large",
        "negative",
        "unknown",
        "fraction",
    ],
)
def test_labels_that_do_not_fit(labels, class_names, message):
    with pytest.raises(ValueError, match=message):
        encode_labels(labels, 3, class_names, name="mine")
