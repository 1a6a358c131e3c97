"""Fixed episodes take what they say from where they say, and know their data set."""

import numpy as np
import pytest

from learned_update.evaluation.episodes.fixed_sets import (
    check_episodes,
    draw_episode_set,
    query_rows,
)

TRAIN = np.random.default_rng(0).permutation(np.repeat([0, 1, 2, 3], 6))
TEST = np.random.default_rng(1).permutation(np.repeat([0, 1, 2, 3], 9))


def draw(train=TRAIN, test=TEST, ways=3, shots=4, queries=None, episodes=50, seed=0):
    return draw_episode_set(
        "numbered", train, test, ways, shots, queries, episodes, seed
    )


def test_support_and_query_are_of_the_classes_they_stand_for():
    drawn = draw(queries=5)
    assert drawn.classes.shape == (50, 3)
    assert (np.diff(drawn.classes, axis=1) > 0).all()
    expected = np.broadcast_to(drawn.classes[..., None], (50, 3, 5))
    np.testing.assert_array_equal(TRAIN[drawn.support], expected[..., :4])
    np.testing.assert_array_equal(TEST[drawn.query], expected)
    for part in (drawn.support, drawn.query):
        assert (np.diff(np.sort(part.reshape(50, -1)), axis=1) > 0).all()


def test_queries_are_all_test_examples_of_the_classes_unless_drawn():
    drawn = draw(episodes=4)
    for rows, classes in zip(query_rows(drawn, TEST), drawn.classes, strict=True):
        assert len(rows) == 27
        assert set(TEST[rows]) == set(classes)
    few = draw(episodes=4, queries=2)
    np.testing.assert_array_equal(query_rows(few, TEST), few.query.reshape(4, 6))


def test_every_example_and_class_has_the_same_chance():
    drawn = draw(episodes=4000)
    counts = np.bincount(drawn.support.ravel(), minlength=len(TRAIN))
    expected = 4000 * 3 * 4 / len(TRAIN)
    np.testing.assert_allclose(counts, expected, atol=5 * np.sqrt(expected))


def test_draws_are_a_function_of_name_and_seed_and_more_episodes_go_on():
    drawn, more = draw(queries=2, episodes=3), draw(queries=2, episodes=5)
    for part in ("classes", "support", "query"):
        np.testing.assert_array_equal(
            getattr(drawn, part), getattr(more.first(3), part)
        )
    others = (draw(seed=1), draw_episode_set("other", TRAIN, TEST, 3, 4, None, 50))
    assert all((draw().support != other.support).any() for other in others)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ways": 5}, r"'numbered' has too few classes.*at least ways=5.*Received: 4"),
        ({"shots": 7}, r"Class \d of data set 'numbered' has too few.*train.*7.*6"),
        ({"queries": 10}, r"Class \d of data set 'numbered' has too few.*test.*10.*9"),
        ({"shots": 0}, r"shots is too small.*at least 1.*shots=0"),
        ({"queries": 0}, r"queries is too small"),
    ],
)
def test_too_little_is_an_error(change, message):
    with pytest.raises(ValueError, match=message):
        draw(**change)


@pytest.mark.parametrize(
    ("train", "test", "message"),
    [
        (TRAIN[::-1], TEST, r"other labels of the train split, or .* another order"),
        (TRAIN, TEST[:-1], r"other labels of the test split.*36 labels.*35 labels"),
    ],
)
def test_episodes_of_other_labels_are_refused(train, test, message):
    assert check_episodes(draw(), TRAIN.astype(np.int32), TEST) is not None
    with pytest.raises(ValueError, match=message):
        check_episodes(draw(), train, test)
