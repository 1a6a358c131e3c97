"""The picture of a task."""

import numpy as np
import pytest
from matplotlib.image import imread

from learned_update.data import Augmentation, InputMapDistribution, TaskDistribution
from learned_update.data.tasks.contact_sheet import (
    contact_sheet,
    mosaic,
    save_contact_sheet,
)
from learned_update.randomness import generator
from tests.data.striped import striped


def test_mosaic_has_a_row_per_class():
    images = np.arange(24.0).reshape(6, 4)  # two classes of three 2x2 images
    sheet = mosaic(images, (2, 2, 1), samples=3)[..., 0]
    assert sheet.shape == (2 * 3 - 1, 3 * 3 - 1)
    np.testing.assert_array_equal(sheet[:2, :2], images[0].reshape(2, 2))
    np.testing.assert_array_equal(sheet[:2, 6:], images[2].reshape(2, 2))
    np.testing.assert_array_equal(sheet[3:, 3:5], images[4].reshape(2, 2))
    assert np.isnan(sheet[2]).all()
    assert np.isnan(sheet[:, [2, 5]]).all()


def test_rows_of_a_table_are_folded():
    sheet = mosaic(np.arange(5)[None].astype("float32"), (1, 5, 1), samples=1)
    expected = np.array([[0, 1, 2], [3, 4, np.nan]])
    np.testing.assert_array_equal(sheet[..., 0], expected)


def panels(figure):
    return [np.asarray(axis.images[0].get_array()) for axis in figure.axes]


def first_pixels(panel, height=3, width=2):
    """Of every image of a panel, `(classes, samples)`."""
    return panel[:: height + 1, :: width + 1]


def test_samples_before_and_after():
    tasks = TaskDistribution(
        [striped()],
        ways=3,
        shots=2,
        queries=2,
        input_maps=InputMapDistribution(1, 0, 0, 0, 0),
        augmentation=Augmentation(noise=0.3),
    )
    figure = contact_sheet(tasks, samples=6, seed=4)
    plain, augmented, mapped = panels(figure)
    task = tasks.draw_task(generator(4))
    labels = first_pixels(plain) * 255  # the first pixel is the label
    expected = np.repeat(task.classes[:, None], 2, axis=1)
    np.testing.assert_allclose(labels, expected, atol=1e-4)
    assert np.nanmax(np.abs(augmented - plain)) > 0.05
    order = np.argsort(mapped[np.isfinite(mapped)])
    assert mapped[np.isfinite(mapped)][order[0]] == 0
    assert mapped[np.isfinite(mapped)][order[-1]] == 1
    unclipped = (augmented > 0) & (augmented < 1)
    relation = np.corrcoef(mapped[unclipped], augmented[unclipped])[0, 1]
    assert relation == pytest.approx(-1)  # inverted
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert names == ["abcd"[label] for label in task.classes]


def test_without_augmentation_all_panels_show_the_same():
    tasks = TaskDistribution([striped(channels=3)], ways=2, shots=2, queries=2)
    plain, augmented, mapped = panels(contact_sheet(tasks, seed=1))
    np.testing.assert_array_equal(plain, augmented)
    assert plain.shape == mapped.shape == (2 * 4 - 1, 2 * 3 - 1, 3)


def test_a_sheet_is_written_as_png(tmp_path):
    dataset = striped()._replace(class_names=("\u05d0", "b", "c", "d"))
    tasks = TaskDistribution([dataset], ways=4, shots=2, queries=2)
    save_contact_sheet(tasks, tmp_path / "task.png")
    assert imread(tmp_path / "task.png").shape[0] > 100
    assert [path.name for path in tmp_path.iterdir()] == ["task.png"]
    labels = contact_sheet(tasks).axes[0].get_yticklabels()
    assert "U+05D0" in [label.get_text() for label in labels]
