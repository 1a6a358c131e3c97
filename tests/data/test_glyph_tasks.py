"""Tasks of glyphs, configured by gin."""

import gin
import numpy as np
import pytest

from learned_update.data import InputMapDistribution, glyph_tasks, glyphs
from learned_update.randomness import generator


@pytest.fixture(autouse=True)
def _clear_gin():
    yield
    gin.clear_config()


def test_tasks_of_the_scripts_named():
    tasks = glyph_tasks(scripts=("latin", "lao"), renderings=20)
    assert [dataset.name for dataset in tasks.datasets] == [
        "glyphs/latin",
        "glyphs/lao",
    ]
    expected = glyphs("latin", renderings=20).images.reshape(-1, 64)
    np.testing.assert_array_equal(tasks.pixels[: len(expected)], expected)
    assert tasks.input_maps == InputMapDistribution(0.5, 0.65, 0.5, 0.1, 0, (-0.7, 1.2))
    assert (tasks.ways, tasks.shots, tasks.queries, tasks.batch_size) == (
        10,
        10,
        10,
        64,
    )


def test_gin_binds_tasks_and_input_maps():
    gin.parse_config("""
        glyph_tasks.scripts = ("greek",)
        glyph_tasks.size = 5
        glyph_tasks.renderings = 7
        glyph_tasks.ways = 4
        glyph_tasks.shots = 3
        glyph_tasks.queries = 2
        glyph_tasks.batch_size = 16
        glyph_tasks.input_maps = @InputMapDistribution()
        InputMapDistribution.inversion = 1.0
        InputMapDistribution.tilt = 0.0
        InputMapDistribution.signs = 0.0
    """)
    tasks = glyph_tasks()
    assert tasks.input_dim == 25
    assert tasks.input_maps == InputMapDistribution(1.0, 0.0, 0.5, 0.0)
    task = tasks.draw_task(generator(0))
    np.testing.assert_array_equal(task.input_map.matrix, -np.eye(25))
    inner, support, query = tasks.draw_examples(generator(0), task, 2)
    assert (inner.shape, support.shape, query.shape) == ((2, 16), (2, 12), (2, 8))


def test_no_input_maps():
    tasks = glyph_tasks(scripts=("greek",), input_maps=None)
    task = tasks.draw_task(generator(0))
    np.testing.assert_array_equal(task.input_map.matrix, np.eye(64))
