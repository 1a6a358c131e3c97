"""Prototypical networks and the episodes that they see."""

import numpy as np
import pytest

from learned_update.baselines import PrototypicalNetwork, nearest_prototype
from learned_update.baselines.meta_learned.task_episodes import TaskEpisodes
from learned_update.data import (
    Augmentation,
    Dataset,
    InputMapDistribution,
    TaskDistribution,
)
from learned_update.layers import BaseMLP
from learned_update.randomness import generator
from tests.arithmetic import assert_rows_do_not_mind_company

BASE = BaseMLP((8, 5))
PERMUTED = InputMapDistribution(inversion=0, tilt=0, signs=0, permutation=1)


def patterned(seed=0):
    """Six classes of 4x3 images, each a noisy pattern of its own."""
    rng = np.random.default_rng(seed)
    patterns = np.random.default_rng(9).integers(40, 200, size=(6, 12))
    labels = np.repeat(np.arange(6), 15)
    pixels = patterns[labels] + rng.integers(-30, 30, size=(90, 12))
    return Dataset(
        "patterned",
        pixels.astype("uint8").reshape(-1, 4, 3, 1),
        labels.astype("int32"),
        tuple("abcdef"),
    )


def tasks(**changes):
    return TaskDistribution([patterned()], ways=3, shots=2, queries=4, **changes)


@pytest.fixture(scope="module")
def fitted():
    return PrototypicalNetwork(BASE, seed=0, steps=150, learning_rate=1e-2).fit(tasks())


def test_episodes_are_the_examples_that_the_distribution_draws():
    support, query = TaskEpisodes(tasks()).draw(generator(4))
    rng, distribution = generator(4), tasks()
    task = distribution.draw_task(rng)
    batch = distribution.draw_batch(rng, task, steps=1, batch_size=0)
    pixels = distribution.pixels.astype("float32") / 255
    np.testing.assert_allclose(support, pixels[batch.support[0]], rtol=1e-6)
    np.testing.assert_allclose(query, pixels[batch.query[0]], rtol=1e-6)


def test_every_task_permutes_its_inputs_alike():
    distribution = tasks(input_maps=PERMUTED)
    rows = np.concatenate(TaskEpisodes(distribution).draw(generator(4)))
    rng = generator(4)
    task = distribution.draw_task(rng)
    batch = distribution.draw_batch(rng, task, steps=1, batch_size=0)
    drawn = np.concatenate([batch.support[0], batch.query[0]])
    expected = distribution.pixels[drawn][:, task.input_map.order] / 255
    np.testing.assert_allclose(rows, expected, rtol=1e-6)
    assert (task.input_map.order != np.arange(12)).any()


def test_tilted_and_augmented_tasks_have_the_same_shape():
    distribution = tasks(
        input_maps=InputMapDistribution(tilt=1.0), augmentation=Augmentation(noise=0.1)
    )
    support, query = TaskEpisodes(distribution).draw(generator(0))
    assert support.shape == (6, 12)
    assert query.shape == (12, 12)
    clean = tasks(augmentation=Augmentation(noise=0.0))
    for part, plain in zip(
        TaskEpisodes(clean).draw(generator(0)),
        TaskEpisodes(tasks()).draw(generator(0)),
        strict=True,
    ):
        np.testing.assert_allclose(part, plain, atol=1e-6)


def test_meta_training_lowers_the_loss_and_tells_new_examples_apart(fitted):
    untrained = PrototypicalNetwork(BASE, seed=0, steps=1).fit(tasks())
    assert len(fitted.history) == 2  # 100 steps and 50
    assert fitted.history[1] < 0.5 * untrained.history[0]
    dataset = patterned(seed=1)
    x = dataset.images.reshape(90, 12) / 255
    order = np.random.default_rng(0).permutation(90)
    support, query = order[:30], order[30:]
    features = fitted.embed(x)
    found = nearest_prototype(
        features[support], dataset.labels[support], features[query]
    )
    assert np.mean(found == dataset.labels[query]) > 0.9


def test_statistics_of_new_data_are_those_of_the_base_model(fitted):
    x = np.random.default_rng(3).normal(size=(40, 12)).astype("float32")
    base = fitted.base
    expected = base.embed(fitted.phi, x, base.statistics(fitted.phi, x))
    actual = fitted.encoder().fit(x).embed(x)
    np.testing.assert_array_equal(actual, np.asarray(expected))
    assert np.abs(fitted.embed(x) - actual).max() > 0.1


def test_one_seed_gives_one_result(fitted):
    x = np.random.default_rng(3).uniform(size=(10, 12))
    again = PrototypicalNetwork(BASE, seed=0, steps=150, learning_rate=1e-2).fit(
        tasks()
    )
    np.testing.assert_array_equal(again.embed(x), fitted.embed(x))
    assert again.parameters == (12 * 8 + 8) + (8 * 5 + 5)
    assert again.seconds > 0


def test_features_of_an_example_do_not_depend_on_the_others(fitted):
    rows = np.random.default_rng(3).uniform(size=(10, 12))
    assert_rows_do_not_mind_company(fitted.embed, rows)


def test_nearest_prototype_by_hand():
    support = np.array([[0.0, 0.0], [2.0, 0.0], [10.0, 0.0]])
    query = np.array([[5.0, 0.0], [6.0, 0.0], [1.0, 3.0]])
    found = nearest_prototype(support, ["a", "a", "b"], query)
    assert found.tolist() == ["a", "b", "a"]
