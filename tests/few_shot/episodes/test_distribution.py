"""Episodes: classes and examples disjoint, labels right, one pixel order for all."""

import numpy as np
import pytest

from learned_update.few_shot import EpisodeDistribution
from learned_update.few_shot.episodes.class_pool import class_pool
from learned_update.few_shot.episodes.episode import stack_episodes
from learned_update.randomness import generator
from tests.few_shot.small import CLASSES, EXAMPLES, SIDE, dataset, episodes


def rows_of(images, x):
    """Which image each example is, by its pixels."""
    flat = images.reshape(len(images), -1)
    return [int(np.flatnonzero((flat == row).all(1))[0]) for row in x]


def test_an_episode_has_disjoint_examples_and_the_labels_of_its_classes():
    data = dataset()
    drawn = episodes().draw(generator(3))
    found = [
        rows_of(data.images, np.rint(255 * x).reshape(len(x), -1).astype("uint8"))
        for x in (drawn.support_x, drawn.query_x)
    ]
    assert len({*found[0], *found[1]}) == len(drawn.support_y) + len(drawn.query_y)
    for rows, labels in zip(found, (drawn.support_y, drawn.query_y), strict=True):
        np.testing.assert_array_equal(data.labels[rows], drawn.classes[labels])
    assert np.bincount(drawn.support_y).tolist() == [2, 2, 2]
    assert np.bincount(drawn.query_y).tolist() == [4, 4, 4]
    again = episodes().draw(generator(3))
    for one, other in zip(drawn, again, strict=True):
        np.testing.assert_array_equal(one, other)
    assert (np.sort(drawn.support_y) != drawn.support_y).any()  # in no fixed order


def test_turned_classes_are_classes_of_their_own():
    data = dataset()
    pool = class_pool(data, rotations=True)
    assert len(pool.members) == len(pool.names) == 4 * CLASSES
    assert pool.names[CLASSES] == "noisy: class 0, 90 degrees"
    for turn in range(4):
        number = 2 + turn * CLASSES
        expected = np.stack(
            [np.rot90(image, turn) for image in data.images[data.labels == 2]]
        )
        read = pool.read(number, pool.members[number])
        np.testing.assert_array_equal(read, expected.astype("float32") / 255)


def test_one_pixel_order_for_all_rows_of_an_episode():
    kept = episodes()
    orders = []
    for seed in (0, 1):
        rng = generator(seed)
        permuted = EpisodeDistribution(dataset(), 2, 1, 1, permuted=True)
        classes, rows = [0, 1], [[0], [EXAMPLES]]
        plain = kept.episode(classes, rows, rows, generator(9))
        drawn = permuted.episode(classes, rows, rows, rng)
        first = np.sort(plain.support_x.reshape(2, -1), axis=1)
        found = drawn.support_x.reshape(2, -1)[np.argsort(drawn.support_y)]
        expected = plain.support_x.reshape(2, -1)[np.argsort(plain.support_y)]
        np.testing.assert_array_equal(
            np.sort(found, axis=1), first[np.argsort(plain.support_y)]
        )
        pairs = set(zip(*expected.tolist(), strict=True))
        assert set(zip(*found.tolist(), strict=True)) == pairs  # columns move together
        orders.append(found[0].tolist())
    assert orders[0] != orders[1]


def test_stacked_episodes_have_a_leading_axis():
    stacked = stack_episodes([episodes().draw(generator(i)) for i in range(2)])
    assert stacked.support_x.shape == (2, 6, SIDE, SIDE, 1)
    assert stacked.ways == 3


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: EpisodeDistribution(dataset(), CLASSES + 1),
            r"too few classes for an episode. Expected: at least ways=7. Received: 6 "
            r"classes. Lower `ways`",
        ),
        (
            lambda: EpisodeDistribution(dataset(), 3, 4, 5),
            r"'noisy: class 0' has too few examples .* Expected: at least 9, .* "
            r"Received: 8. Lower `shots`",
        ),
        (lambda: EpisodeDistribution(dataset(), 1), "make no episode.*ways=1"),
        (
            lambda: class_pool([dataset(), dataset(side=5)]),
            "cannot be told apart in one episode.*one size",
        ),
        (
            lambda: class_pool(
                dataset()._replace(images=dataset().images[:, :3]), rotations=True
            ),
            "not square cannot be turned",
        ),
    ],
    ids=["classes", "examples", "one way", "sizes", "not square"],
)
def test_what_makes_no_episode_is_an_error(make, message):
    with pytest.raises(ValueError, match=message):
        make()
