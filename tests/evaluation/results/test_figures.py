"""Figures: what is drawn, and that something is."""

import matplotlib.image
import numpy as np
import pytest

from learned_update.evaluation.results import figures
from learned_update.evaluation.results.column import Column


@pytest.fixture
def scores():
    rng = np.random.default_rng(0)
    columns = {
        Column("rule", 10): rng.uniform(0.6, 0.7, (4, 5)),
        Column("rule", 100): rng.uniform(0.7, 0.8, (2, 5)),
        Column("random initialisation"): rng.uniform(0.5, 0.6, (4, 5)),
        Column("raw pixels"): rng.uniform(0.6, 0.7, (4, 5)),
    }
    return {
        "digits": columns,
        "glyphs (mean of 1)": {c: s[None] for c, s in columns.items()},
    }


def pixels(figure, path):
    figures.save(figure, path)
    return matplotlib.image.imread(path)


def labels(axis):
    return axis.get_xlabel(), axis.get_ylabel()


def test_meta_loss_figure(tmp_path):
    metrics = {
        "outer_step": np.arange(1.0, 41.0),
        "meta_loss": np.linspace(1.0, 0.5, 40),
        "query_accuracy": np.linspace(0.2, 0.7, 40),
    }
    figure = figures.meta_loss_figure(metrics)
    assert [labels(axis) for axis in figure.axes] == [
        ("outer step", "meta-loss"),
        ("outer step", "query accuracy"),
    ]
    np.testing.assert_array_equal(
        figure.axes[0].lines[0].get_ydata(), metrics["meta_loss"]
    )
    assert pixels(figure, tmp_path / "plots" / "meta_loss.png").std() > 0.05


def test_running_mean_leaves_out_what_is_not_known():
    values = np.array([np.nan, 2.0, 4.0, np.nan, 8.0])
    np.testing.assert_allclose(
        figures.running_mean(values, 2), [np.nan, 2.0, 3.0, 4.0, 8.0]
    )


def test_accuracy_figure_draws_lines_dashes_and_the_longest_unroll(scores, tmp_path):
    figure = figures.accuracy_figure(scores, 50, "random initialisation")
    assert len(figure.axes) == 2
    for axis in figure.axes:
        assert labels(axis) == ("inner steps", "accuracy (%)")
        course, random, raw, unroll = axis.lines
        assert course.get_label() == "rule"
        np.testing.assert_array_equal(course.get_xdata(), [0, 10, 100])
        columns = scores["digits"]
        expected = [
            100 * columns[column][:2].mean()  # as many as the shortest column has
            for column in (
                Column("random initialisation"),
                Column("rule", 10),
                Column("rule", 100),
            )
        ]
        np.testing.assert_allclose(course.get_ydata(), expected)
        assert random.get_ydata()[0] == pytest.approx(expected[0])
        assert raw.get_linestyle() == "--"
        assert unroll.get_xdata() == [50, 50]
        assert len(axis.collections) == 1  # the band of the line
    assert pixels(figure, tmp_path / "accuracy.png").std() > 0.05
