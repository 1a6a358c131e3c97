"""Settings, stages, projection and few-shot episodes: their values."""

import numpy as np
import pytest

from learned_update.demo.learning.course import stage_steps
from learned_update.demo.learning.few_labels import few_labels
from learned_update.demo.learning.projection import projected
from learned_update.demo.learning.settings import Settings, settings


@pytest.mark.parametrize("units", ["16, 8", "16 8", "16;8", " 16x8 "])
def test_settings_are_read_off_the_fields(units):
    assert settings("glyphs", units, 20.0) == Settings("glyphs", (16, 8), 20)


@pytest.mark.parametrize(
    ("rule", "units", "steps", "message"),
    [
        ("/etc/passwd", "8", 1, "no rule '/etc/passwd'. Expected: one of glyphs"),
        ("glyphs", "", 1, "no widths of layers. Expected: 1 to 8 numbers"),
        ("glyphs", "8, -3", 1, "no widths of layers"),
        ("glyphs", "8, 2000", 1, "no widths of layers. Expected: .* 1 to 1,024"),
        ("glyphs", "1 " * 9, 1, "no widths of layers"),
        ("glyphs", "8", 0, "steps is out of its range. Expected: 1 to 10,000"),
        ("glyphs", "8", None, "Received: None"),
        ("glyphs", "8", 10_001, "Received: 10001"),
    ],
)
def test_settings_out_of_range_are_refused(rule, units, steps, message):
    with pytest.raises(ValueError, match=message):
        settings(rule, units, steps)


def test_stages_are_dense_early_and_end_with_the_last_step():
    assert stage_steps(1) == [1]
    assert stage_steps(10) == list(range(1, 11))
    steps = stage_steps(500)
    assert steps[:6] == [1, 2, 3, 4, 5, 6]
    assert steps[-1] == 500
    assert max(np.diff(steps)) == 21
    assert len(steps) < 50


def test_projection_is_that_of_principal_components():
    rng = np.random.default_rng(0)
    features = rng.normal(size=(50, 4)) * [5, 3, 0.1, 0.1] + 7
    points = projected(features)
    covariance = np.cov(points.T, bias=True)
    values = np.linalg.eigvalsh(np.cov(features.T, bias=True))[::-1][:2]
    np.testing.assert_allclose(covariance, np.diag(values / values.sum()), atol=1e-12)
    np.testing.assert_allclose(points.mean(axis=0), 0, atol=1e-12)


def test_projection_follows_the_one_before():
    features = np.random.default_rng(1).normal(size=(40, 2)) * [2, 1]
    points = projected(features)
    turned = points @ [[0.6, -0.8], [-0.8, -0.6]]
    np.testing.assert_allclose(projected(features, turned), turned, atol=1e-12)


@pytest.mark.parametrize("features", [np.ones((5, 3)), np.arange(5.0)[:, None]])
def test_projection_of_few_directions(features):
    points = projected(features)
    assert points.shape == (5, 2)
    np.testing.assert_allclose(points[:, 1], 0, atol=1e-12)


def test_episodes_hold_labelled_and_asked_rows_apart():
    labels = np.repeat([0, 1, 2, -1], 30)
    found = few_labels(labels, seed=0)
    assert found.shots == 10
    assert not set(found.support_rows) & set(found.query_rows)
    assert set(labels[found.support_rows]) == {0, 1, 2}
    one_hot = np.eye(4)[labels]
    assert found.accuracy(one_hot) == 1.0
    constant = found.accuracy(np.ones((120, 2)))
    np.testing.assert_allclose(constant, 1 / 3)


def test_few_examples_give_fewer_labels():
    assert few_labels(np.array([0, 0, 0, 1, 1]), seed=0).shots == 1


@pytest.mark.parametrize(
    "labels", [None, np.array([0, 0, 0, 1]), np.array([-1, -1, 0, 0])]
)
def test_without_two_classes_there_are_no_episodes(labels):
    assert few_labels(labels, seed=0) is None
