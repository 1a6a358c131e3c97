"""Mixtures of data sets, configured by gin."""

import gin
import numpy as np
import pytest

from learned_update.data import (
    META_TRAIN_SCRIPTS,
    Augmentation,
    InputMapDistribution,
    glyphs,
    named_datasets,
    task_distribution,
)
from learned_update.randomness import generator
from learned_update.types import PixelMap
from tests.data.striped import striped


@pytest.fixture(autouse=True)
def _clear_gin():
    yield
    gin.clear_config()


def test_names_groups_of_names_and_data_sets_are_mixed_by_weight():
    gin.bind_parameter("glyphs.renderings", 4)
    own = striped("own", sizes=(5, 6, 7), height=4, width=4)
    tasks = task_distribution(
        datasets=("glyphs/meta_train", own, "digits"),
        weights=(0.5, 0.2, 0.3),
        size=4,
        ways=3,
        shots=1,
        queries=1,
    )
    names = [dataset.name for dataset in tasks.datasets]
    expected = [f"glyphs/{script}" for script in META_TRAIN_SCRIPTS]
    assert names == [*expected, "own", "digits"]
    count = len(META_TRAIN_SCRIPTS)
    np.testing.assert_allclose(tasks.weights, [0.5 / count] * count + [0.2, 0.3])
    assert tasks.image_shape == (4, 4, 1)


def test_entries_are_drawn_equally_often_without_weights():
    tasks = task_distribution(
        datasets=("glyphs/latin", "digits"), size=8, ways=3, shots=1, queries=1
    )
    np.testing.assert_array_equal(tasks.weights, [0.5, 0.5])


def test_gin_binds_a_mixture():
    gin.parse_config("""
        task_distribution.datasets = ("glyphs/greek",)
        task_distribution.size = 5
        task_distribution.channels = 3
        task_distribution.ways = 4
        task_distribution.shots = 3
        task_distribution.queries = 2
        task_distribution.input_maps = @InputMapDistribution()
        task_distribution.augmentation = @Augmentation()
        glyphs.renderings = 7
        InputMapDistribution.inversion = 1.0
        InputMapDistribution.tilt = 0.0
        InputMapDistribution.signs = 0.0
        Augmentation.shift = 0.25
    """)
    tasks = task_distribution()
    assert tasks.image_shape == (5, 5, 3)
    assert tasks.input_maps == InputMapDistribution(1.0, 0.0, 0.5, 0.0)
    assert tasks.augmentation == Augmentation(shift=0.25)
    expected = glyphs("greek", size=5, renderings=7).images
    pixels = tasks.pixels.reshape(-1, 5, 5, 3)
    np.testing.assert_array_equal(pixels, np.repeat(expected, 3, axis=-1))
    input_map = tasks.draw_task(generator(0)).input_map
    assert isinstance(input_map, PixelMap)
    np.testing.assert_array_equal(input_map.scale, -np.ones(75))


def test_gin_binds_classes():
    gin.parse_config("""
        task_distribution.datasets = [@even/named_dataset(), "digits"]
        task_distribution.ways = 3
        even/named_dataset.name = "digits"
        even/named_dataset.classes = ("0", "2", 4, 6)
        even/named_dataset.size = 8
    """)
    even, everything = task_distribution().datasets
    assert even.class_names == ("0", "2", "4", "6")
    assert set(even.labels) == {0, 1, 2, 3}
    assert len(everything.class_names) == 10


def test_named_datasets_may_have_settings_of_their_own():
    gin.parse_config("""
        glyphs.renderings = 7
        held_out/glyphs.renderings = 5
    """)
    with gin.config_scope("held_out"):
        (held_out,) = named_datasets(names=("glyphs/greek",))
    assert np.bincount(held_out.labels).max() == 5
    assert np.bincount(named_datasets(("glyphs/greek",))[0].labels).max() == 7


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"datasets": ("digits", "glyphs/latin"), "weights": (1.0,)},
            "cannot be weighted.*2 numbers",
        ),
        ({"datasets": ("digit",)}, "digits"),
        ({"datasets": ()}, "nothing to draw tasks from"),
    ],
)
def test_impossible_mixtures(options, message):
    with pytest.raises(ValueError, match=message):
        task_distribution(**options)
