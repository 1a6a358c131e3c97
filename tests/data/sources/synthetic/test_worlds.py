"""Worlds of pictures, tables and texts: a function of their number, and learnable."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from learned_update import data
from learned_update.data.catalogue.partitions import part_of
from learned_update.data.sources.synthetic.images import synthetic_images
from learned_update.data.sources.synthetic.tables import synthetic_tables
from learned_update.data.sources.synthetic.text import synthetic_text

SOURCES = {
    "synthetic/images": synthetic_images,
    "synthetic/tables": synthetic_tables,
    "synthetic/text": synthetic_text,
}


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("world", range(4))  # every kind
def test_classes_can_be_told_apart_and_not_without_learning(name, world):
    dataset = data.load(f"{name}/{world}", size=10, classes=range(5), examples=40)
    assert dataset == data.check_labelled(dataset)
    assert dataset.images.shape == (200, 10, 10, 1)
    rows = data.flatten(dataset)
    first = np.arange(200) % 40 < 20
    model = LogisticRegression(max_iter=500).fit(rows[first], dataset.labels[first])
    accuracy = model.score(rows[~first], dataset.labels[~first])
    assert accuracy > 0.3  # chance is 0.2


@pytest.mark.parametrize("name", SOURCES)
def test_a_world_is_a_function_of_its_number(name):
    first = SOURCES[name](3, size=6, classes=2, examples=3)
    again = SOURCES[name](3, size=6, classes=2, examples=3)
    other = SOURCES[name](6, size=6, classes=2, examples=3)
    assert first.name == f"{name}/3"
    np.testing.assert_array_equal(first.images, again.images)
    assert (first.images != other.images).any()


@pytest.mark.parametrize("world", range(4))
def test_more_classes_change_no_picture(world):
    few = synthetic_images(world, size=5, classes=2, examples=3)
    more = synthetic_images(world, size=5, classes=3, examples=3)
    np.testing.assert_array_equal(few.images, more.images[:6])
    assert few.images.dtype == np.uint8
    assert few.images.reshape(6, -1).std(axis=1).min() > 0


def test_pictures_in_colour():
    grey = synthetic_images(1, size=6, channels=1, classes=2, examples=2)
    colour = synthetic_images(1, size=6, channels=3, classes=2, examples=2)
    assert colour.images.shape == (4, 6, 6, 3)
    tints = colour.images[:2].astype(float).reshape(-1, 3)
    levels = grey.images[:2].ravel() / 255
    line = np.stack([np.ones_like(levels), levels], axis=1)
    residual = tints - line @ np.linalg.lstsq(line, tints, rcond=None)[0]
    assert np.abs(residual).max() < 3  # one line between two colours, but for rounding


@pytest.mark.parametrize("world", range(3))
def test_columns_of_tables_are_standardised(world):
    table = synthetic_tables(world, columns=60, classes=4, examples=50)
    assert table.images.shape == (200, 1, 60, 1)
    assert table.images.dtype == np.float32
    columns = table.images.reshape(200, 60).astype(float)
    spread = columns.std(axis=0)
    np.testing.assert_allclose(columns.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(spread[spread > 0], 1, rtol=1e-5)
    values = [len(np.unique(column)) for column in columns.T]
    assert min(values) <= 6 < 150 < max(values)  # categories, and numbers


def test_words_are_sparse_and_frequent_ones_occur_in_most_texts():
    text = synthetic_text(0, words=500, classes=4, examples=30)
    assert set(np.unique(text.images)) == {0, 255}
    occur = (text.images.reshape(120, 500) > 0).mean(axis=0)
    assert np.sort(occur)[-3:].mean() > 3 * np.median(occur)
    assert 0.001 < occur.mean() < 0.5


def test_names_stand_for_worlds_of_their_part():
    assert [d.name for d in data.load_all("synthetic/tables", size=4, examples=2)] == [
        f"synthetic/tables/{world}" for world in range(32)
    ]
    assert part_of("synthetic/text") == part_of("synthetic/text/999") == "meta_train"
    assert part_of("synthetic/text/1000") == "meta_validation"
    assert part_of("synthetic/text/meta_validation") == "meta_validation"


def test_a_mixture_with_glyphs():
    tasks = data.task_distribution(
        datasets=("glyphs/greek", "synthetic/tables/1", "synthetic/images/1"),
        size=6,
        ways=4,
        shots=3,
        queries=3,
    )
    assert tasks.pixels.dtype == np.float32
    assert tasks.input_dim == 36


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("synthetic/images/0", {"size": 2}, "cannot be drawn.*size=2, channels=1"),
        ("synthetic/images/0", {"channels": 2}, "channels of 1 or 3.*channels=2"),
        ("synthetic/images/0", {"examples": 0}, "no synthetic world.*examples=0"),
        ("synthetic/tables/0", {"columns": 1}, "at least two columns.*1 columns"),
        ("synthetic/text/0", {"words": 5}, "so few words.*at least 8.*5 words"),
        ("synthetic/text/0", {"columns": 5}, "columns does not apply"),
        ("synthetic/pictures/0", {}, "no data set 'synthetic/pictures/0'.*Near names"),
        ("synthetic/images", {}, "stands for 32 data sets"),
    ],
)
def test_wrong_input(name, options, message):
    with pytest.raises(ValueError, match=message):
        data.load(name, **options)
