"""Task distributions: which tasks and examples they draw."""

import numpy as np
import pytest

from learned_update.data import InputMapDistribution, TaskDistribution
from learned_update.data.tasks.input_maps import draw_input_map, spectrum
from learned_update.randomness import generator
from learned_update.types import EpisodeShape, PixelMap
from tests.data.striped import striped

SMALL = {"ways": 3, "shots": 2, "queries": 3}


def distribution(**changes):
    datasets = [striped("first"), striped("second", sizes=(5, 12, 8))]
    return TaskDistribution(datasets, **{**SMALL, **changes})


def test_pixels_are_all_examples_in_order():
    tasks = distribution()
    expected = [dataset.images.reshape(-1, 6) for dataset in tasks.datasets]
    assert tasks.pixels.dtype == np.uint8
    assert tasks.input_dim == 6
    np.testing.assert_array_equal(tasks.pixels, np.concatenate(expected))


def test_examples_without_label_are_in_no_task():
    whole = striped()
    labels = np.where(np.arange(27) % 4 == 1, -1, whole.labels).astype("int32")
    tasks = TaskDistribution(
        [whole._replace(labels=labels)], ways=2, shots=1, queries=1
    )
    known = whole.images[labels >= 0].reshape(20, -1)
    np.testing.assert_array_equal(tasks.pixels, known)


def test_support_and_query_are_labelled_by_their_rows_and_disjoint():
    tasks = distribution()
    for seed in range(20):
        rng = generator(seed)
        task = tasks.draw_task(rng)
        inner, support, query, *augmentation = tasks.draw_batch(rng, task, 5, 8)
        assert augmentation == [(), ()]
        assert inner.dtype == support.dtype == query.dtype == np.int32
        assert support.shape == (5, 3 * 2)
        assert query.shape == (5, 3 * 3)
        for rows, count in ((support, 2), (query, 3)):
            labels = tasks.pixels[rows, 0]  # the first pixel is the label
            expected = np.broadcast_to(np.repeat(task.classes, count), labels.shape)
            np.testing.assert_array_equal(labels, expected)
            inside = rows < 27 if task.dataset == 0 else rows >= 27
            assert inside.all()
        for step in range(5):
            assert len({*support[step], *query[step]}) == 15


def test_inner_batches_are_uniform_over_the_examples_of_the_classes():
    tasks = distribution(ways=2)
    task = tasks.draw_task(generator(0))
    inner = tasks.draw_batch(generator(1), task, steps=4000, batch_size=8).inner
    assert inner.shape == (4000, 8)
    drawn, counts = np.unique(inner, return_counts=True)
    dataset = tasks.datasets[task.dataset]
    first = 27 * task.dataset
    members = first + np.flatnonzero(np.isin(dataset.labels, task.classes))
    np.testing.assert_array_equal(drawn, members)
    np.testing.assert_allclose(counts * len(members) / inner.size, 1, atol=0.12)


def test_every_example_is_support_and_query_at_some_step():
    tasks = distribution()
    task = tasks.draw_task(generator(0))
    _, support, query, *_ = tasks.draw_batch(generator(1), task, 300, 8)
    assert set(support.ravel()) == set(query.ravel())
    sizes = np.bincount(tasks.datasets[task.dataset].labels)
    assert len(np.unique(support)) == sizes[task.classes].sum()


def test_classes_are_distinct_and_all_occur_in_all_places():
    tasks = distribution(weights=[1, 0])
    classes = np.array([tasks.draw_task(generator(i)).classes for i in range(400)])
    assert all(len(set(row)) == 3 for row in classes.tolist())
    for place in classes.T:
        np.testing.assert_allclose(np.bincount(place) / 400, 1 / 4, atol=0.08)


@pytest.mark.parametrize(
    ("weights", "share"), [(None, 0.5), ([1, 3], 0.75), ([1, 0], 0.0)]
)
def test_data_sets_are_drawn_by_weight(weights, share):
    tasks = distribution(weights=weights)
    drawn = [tasks.draw_task(generator(seed)).dataset for seed in range(400)]
    assert abs(np.mean(drawn) - share) < 0.08


def test_draws_are_a_function_of_the_generator():
    tasks = distribution(input_maps=InputMapDistribution())
    draws = []
    for seed in (7, 7, 8):
        rng = generator(seed)
        task = tasks.draw_task(rng)
        draws.append((*task.input_map, *tasks.draw_batch(rng, task, 4, 8)[:3]))
    for first, again in zip(*draws[:2], strict=True):
        np.testing.assert_array_equal(first, again)
    assert (draws[0][-1] != draws[2][-1]).any()


def test_without_input_maps_inputs_stay_as_they_are():
    input_map = distribution().draw_task(generator(0)).input_map
    assert isinstance(input_map, PixelMap)
    np.testing.assert_array_equal(input_map.offset, np.zeros(6))
    np.testing.assert_array_equal(input_map.scale, np.ones(6))
    np.testing.assert_array_equal(input_map.order, np.arange(6))


def test_input_maps_are_made_for_the_data_set_of_the_task():
    maps = InputMapDistribution(0, 1, 0, 0, 0, exponents=(1, 1))
    tasks = distribution(input_maps=maps)
    for seed in range(6):
        task = tasks.draw_task(generator(seed))
        pixels = tasks.datasets[task.dataset].images.reshape(-1, 6) / 255
        expected = draw_input_map(generator(0), maps, spectrum(pixels))
        np.testing.assert_allclose(task.input_map.offset, expected.offset)
        np.testing.assert_allclose(task.input_map.matrix, expected.matrix)


def test_settings_can_be_read():
    tasks = distribution()
    assert tasks.episode == EpisodeShape(ways=3, shots=2, queries=3)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ways": 1}, "ways is too small for a task. Expected: at least 2. .*ways=1"),
        ({"shots": 0}, "shots is too small for a task. Expected: at least 1"),
        ({"queries": 0}, "queries=0. Give a larger number"),
        (
            {"ways": 4},
            r"'second' has too few classes. Expected: at least 4 \(ways=4\). "
            "Received: 3. Lower ways",
        ),
        (
            {"shots": 4},
            r"Class 'b' of data set 'first' has too few examples. Expected: at least 7 "
            r"\(shots=4, queries=3\). Received: 5. Lower shots or queries",
        ),
        (
            {"weights": [1]},
            r"Expected: 2 numbers of at least 0.*weights=\[1.0\]. Give None",
        ),
        ({"weights": [1, -1]}, r"weights=\[1.0, -1.0\]"),
        ({"weights": [0, 0]}, "not all 0"),
        ({"weights": [1, np.nan]}, r"weights=\[1.0, nan\]"),
        (
            {"input_maps": InputMapDistribution(inversion=2)},
            "probability of inversion .*inversion=2",
        ),
    ],
)
def test_impossible_settings(changes, message):
    with pytest.raises(ValueError, match=message):
        distribution(**changes)


@pytest.mark.parametrize(
    ("datasets", "message"),
    [
        ([], "at least one data set. Received: none. Give one"),
        (
            [striped("first"), striped("wide", width=5)],
            r"'first' and 'wide' differ in image size. Expected: \(3, 2, 1\) in all "
            r"data sets. Received: \(3, 5, 1\) in 'wide'. Resize",
        ),
        (
            [striped()._replace(images=np.ones((27, 3, 2, 1), "uint8"))],
            "All images of data set 'striped' are equal. Expected: images that differ. "
            "Received: 27 equal images. Check",
        ),
        (
            [striped()._replace(images=np.ones((27, 3, 2, 1)))],
            "Images of data set 'striped' are of another type",
        ),
    ],
    ids=["none", "sizes", "constant", "floats"],
)
def test_impossible_data_sets(datasets, message):
    with pytest.raises(ValueError, match=message):
        TaskDistribution(datasets, **SMALL)


def test_a_single_data_set():
    tasks = TaskDistribution(striped("only"), **SMALL)
    assert [dataset.name for dataset in tasks.datasets] == ["only"]
    expected = TaskDistribution([striped("only")], **SMALL)
    np.testing.assert_array_equal(tasks.pixels, expected.pixels)


@pytest.mark.parametrize("datasets", ["digits", ["digits"], None, [np.zeros((3, 2))]])
def test_what_is_no_data_set(datasets):
    with pytest.raises(ValueError, match=r"This is no data set.*load\(name\)"):
        TaskDistribution(datasets, **SMALL)
