"""Episodes take what they say from where they say."""

import numpy as np
import pytest

from learned_update.evaluation.episodes.drawing import draw_episodes

TRAIN = np.random.default_rng(0).permutation(np.repeat([3, 5, 8, 9], 6))
TEST = np.random.default_rng(1).permutation(np.repeat([3, 5, 8, 9], 9))


def draw(train=TRAIN, test=TEST, ways=3, shots=4, queries=5, episodes=50, seed=0):
    return draw_episodes(train, test, ways, shots, queries, episodes, seed)


def test_support_and_query_are_class_by_class_of_the_same_classes():
    episodes = draw()
    support = TRAIN[episodes.support].reshape(50, 3, 4)
    query = TEST[episodes.query].reshape(50, 3, 5)
    assert (support == support[..., :1]).all()
    assert (query == support[..., :1]).all()
    assert (np.diff(np.sort(support[..., 0]), axis=1) > 0).all()  # different classes
    np.testing.assert_array_equal(episodes.support_labels, np.repeat(range(3), 4))
    np.testing.assert_array_equal(episodes.query_labels, np.repeat(range(3), 5))


def test_no_example_is_drawn_twice_in_an_episode():
    episodes = draw(shots=6, queries=9)
    for rows in (episodes.support, episodes.query):
        assert (np.diff(np.sort(rows), axis=1) > 0).all()


def test_every_example_and_class_has_the_same_chance():
    episodes = draw(episodes=4000)
    counts = np.bincount(episodes.support.ravel(), minlength=len(TRAIN))
    expected = 4000 * 3 * 4 / len(TRAIN)
    np.testing.assert_allclose(counts, expected, atol=5 * np.sqrt(expected))


def test_draws_are_a_function_of_the_seed():
    first, again, other = draw(), draw(), draw(seed=1)
    np.testing.assert_array_equal(first.support, again.support)
    np.testing.assert_array_equal(first.query, again.query)
    assert (first.support != other.support).any()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ways": 5}, r"too few classes.*at least ways=5.*Received: 4"),
        ({"shots": 7}, r"Class 3 has too few examples in the train part.*7.*6"),
        ({"queries": 10}, r"Class 3 has too few examples in the test part.*10.*9"),
    ],
    ids=["ways", "shots", "queries"],
)
def test_too_little_data_is_an_error(change, message):
    with pytest.raises(ValueError, match=message):
        draw(**change)
