"""Heads of their own tasks, rates by depth, thawing, nearest neighbours."""

import numpy as np
import pytest
from keras import ops

from learned_update.few_shot.ordinary.fine_tuning import block_rates, unfrozen
from learned_update.few_shot.ordinary.head_fitting import fitted_head
from learned_update.few_shot.ordinary.multi_task import own_task_logits
from learned_update.few_shot.ordinary.nearest_neighbour import nearest_of_each_class
from tests.few_shot.small import eager, episode, learner


def test_an_example_is_told_apart_from_classes_of_its_task_alone():
    logits = ops.convert_to_tensor(np.zeros((2, 5), "float32"))
    labels = ops.convert_to_tensor(np.array([1, 4], "int32"))
    found = ops.softmax(own_task_logits(logits, labels, 2))
    expected = [[0.5, 0.5, 0, 0, 0], [0, 0, 0, 0, 1]]
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_rates_fall_with_depth_and_blocks_thaw_from_the_top():
    weights = {"embedding": ((0, 0), (0, 0)), "head": (0, 0)}
    rates = block_rates(weights, 0.4, 2.0)
    assert rates == {
        "embedding": ((0.1, 0.1), (0.2, 0.2)),
        "head": (0.4, 0.4),
    }
    thawed = [
        [float(block[0]) > 0 for block in unfrozen(rates, step, 9)["embedding"]]
        for step in (0, 2, 3, 5, 6, 8)
    ]
    neither, top, both = [False, False], [False, True], [True, True]
    assert thawed == [neither, neither, top, top, both, both]


def test_a_new_head_separates_what_can_be_separated():
    features = np.array([[2.0, 0], [1, 0], [0, 1], [0, 2]], "float32")
    labels = np.array([0, 0, 1, 1], "int32")
    given = map(ops.convert_to_tensor, (features, labels))
    kernel, bias = fitted_head(*given, 2, 20, 0.1)
    logits = features @ ops.convert_to_numpy(kernel) + ops.convert_to_numpy(bias)
    np.testing.assert_array_equal(np.argmax(logits, axis=1), labels)


def test_nearest_of_each_class():
    distances = np.array([[3.0, 1, 2], [5, 6, 0]], "float32")
    membership = np.eye(2, dtype="float32")[[0, 1, 0]]
    found = nearest_of_each_class(
        ops.convert_to_tensor(distances), ops.convert_to_tensor(membership)
    )
    np.testing.assert_array_equal(found, [[2, 1], [0, 6]])


def test_nearest_neighbours_by_pixels():
    drawn = episode()
    support, query = (x.reshape(len(x), -1) for x in (drawn.support_x, drawn.query_x))
    distances = np.square(query[:, None] - support).sum(axis=-1)
    expected = drawn.support_y[np.argmin(distances, axis=1)]
    found = eager("nearest-neighbour", drawn)
    np.testing.assert_array_equal(np.argmax(found, axis=1), expected)


def test_there_is_no_other_fine_tuning():
    with pytest.raises(ValueError, match="no way to train 'first'.*'gradual'"):
        learner("fine-tuning", layers="first")
