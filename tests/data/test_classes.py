"""Classes chosen by name or index."""

import pytest

from learned_update.data.classes import chosen_classes

_NAMES = ("cat", "dog", "eel")


@pytest.mark.parametrize(
    ("classes", "indices"),
    [(("eel", "cat"), [2, 0]), ([1, 2], [1, 2]), ((0, "dog"), [0, 1])],
)
def test_names_and_indices(classes, indices):
    assert chosen_classes("pets", _NAMES, classes) == indices


@pytest.mark.parametrize("classes", ["cat", ["cat"], [0], [], 1])
def test_fewer_than_two(classes):
    message = (
        "There are too few classes of data set 'pets' to tell apart. Expected: at "
        "least 2. Received: classes="
    )
    with pytest.raises(ValueError, match=message):
        chosen_classes("pets", _NAMES, classes)


@pytest.mark.parametrize(
    "classes", [("cat", "cow"), (0, 3), (0, -1), ("cat", 0), (1, 1)]
)
def test_classes_that_do_not_exist_or_occur_twice(classes):
    message = (
        "These are not classes of data set 'pets'. Expected: different indices in "
        "0..2, or names such as 'cat', 'dog', 'eel'. Received: classes="
    )
    with pytest.raises(ValueError, match=message):
        chosen_classes("pets", _NAMES, classes)
