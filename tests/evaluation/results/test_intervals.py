"""Intervals by hand and by simulation."""

import numpy as np
import pytest
from scipy import stats

from learned_update.evaluation.results.intervals import (
    crossed_interval,
    interval,
    paired_interval,
)

T_2 = 4.302652729911275  # 97.5 % quantiles of Student's t
T_4 = 2.7764451051977987


def test_interval_by_hand():
    # Means of the initialisations 0.5, 0.7, 0.9: deviation 0.2, error 0.2 / sqrt(3).
    scores = [[0.4, 0.6], [0.7, 0.7], [1.0, 0.8]]
    mean, half_width = interval(scores)
    assert mean == pytest.approx(0.7)
    assert half_width == pytest.approx(T_2 * 0.2 / np.sqrt(3))


def test_interval_of_a_mean_over_data_sets_by_hand():
    first = np.array([[0.5], [0.7], [0.9]])
    scores = [first, first + 0.1]  # as uncertain as each other: 2 + 2 degrees
    mean, half_width = interval(scores)
    assert mean == pytest.approx(0.75)
    assert half_width == pytest.approx(T_4 * np.sqrt(2 * 0.04 / 3) / 2)


def test_a_certain_data_set_lends_no_degrees_of_freedom():
    scores = [[[0.5], [0.7], [0.9]], [[0.6], [0.6], [0.6]]]
    assert interval(scores).half_width == pytest.approx(T_2 * np.sqrt(0.04 / 3) / 2)


@pytest.mark.parametrize("data_sets", [1, 4])
def test_interval_covers_the_truth_95_times_in_100(data_sets):
    rng = np.random.default_rng(0)
    repeats, initialisations, episodes = 4000, 4, 10
    shape = (data_sets, initialisations, 1)
    covered = 0
    for _ in range(repeats):
        deviations = np.linspace(0.5, 1.5, data_sets)[:, None, None]
        ability = deviations * rng.normal(size=shape)  # shared by the episodes
        scores = ability + rng.normal(size=(data_sets, initialisations, episodes))
        mean, half_width = interval(scores)
        covered += abs(mean) <= half_width
    assert covered / repeats == pytest.approx(0.95, abs=0.015)


def test_more_episodes_do_not_make_up_for_few_initialisations():
    ability = np.array([[0.5], [0.7], [0.9]])
    few, many = (interval(np.repeat(ability, count, axis=1)) for count in (2, 2000))
    assert few.half_width == pytest.approx(many.half_width)


def test_pairing_cancels_what_both_methods_share():
    rng = np.random.default_rng(0)
    shared = rng.normal(size=(5, 20))
    mean, half_width = paired_interval(shared + 0.1, shared)
    assert mean == pytest.approx(0.1)
    assert half_width == pytest.approx(0.0, abs=1e-12)
    assert interval(shared).half_width > 0.1


def test_one_initialisation_has_a_mean_but_no_interval():
    mean, half_width = interval([[0.4, 0.6]])
    assert mean == pytest.approx(0.5)
    assert np.isnan(half_width)


def test_scores_without_the_two_axes_are_an_error():
    with pytest.raises(ValueError, match=r"\(initialisations, episodes\).*\(4,\)"):
        interval(np.zeros(4))


def test_pairs_of_different_shapes_are_an_error():
    with pytest.raises(ValueError, match=r"can not be paired.*\(2, 3\) and \(3, 3\)"):
        paired_interval(np.zeros((2, 3)), np.zeros((3, 3)))


def test_crossed_interval_by_hand():
    # Means of the rows 0.5, 0.7, of the columns 0.5, 0.6, 0.7; residuals +-0.1 and 0.
    mean, half_width = crossed_interval([[0.5, 0.5, 0.5], [0.5, 0.7, 0.9]])
    rows, columns = 0.02 / 2, 0.01 / 3
    residual = 4 * 0.1**2 / (1 * 2 * 2 * 3)
    assert mean == pytest.approx(0.6)
    freedom = (rows + columns) ** 2 / (rows**2 / 1 + columns**2 / 2)
    quantile = stats.t.ppf(0.975, freedom)
    assert half_width == pytest.approx(quantile * np.sqrt(rows + columns - residual))


def test_a_method_without_a_seed_has_the_interval_of_its_episodes():
    scores = np.broadcast_to([0.5, 0.7, 0.9], (4, 3))
    assert crossed_interval(scores).half_width == pytest.approx(T_2 * 0.2 / np.sqrt(3))
    assert crossed_interval(np.full((4, 3), 0.5)) == (0.5, 0.0)


@pytest.mark.parametrize("shared", [0.0, 1.0])
def test_crossed_interval_covers_the_truth_95_times_in_100(shared):
    rng = np.random.default_rng(0)
    repeats, initialisations, episodes = 2000, 5, 10
    covered = 0
    for _ in range(repeats):
        scores = rng.normal(size=(initialisations, 1)) + shared * rng.normal(
            size=(1, episodes)
        )
        scores = scores + 0.5 * rng.normal(size=(initialisations, episodes))
        mean, half_width = crossed_interval(scores)
        covered += abs(mean) <= half_width
    assert covered / repeats == pytest.approx(0.95, abs=0.015)


@pytest.mark.parametrize("shape", [(1, 3), (3, 1)])
def test_one_row_or_column_has_a_mean_but_no_crossed_interval(shape):
    mean, half_width = crossed_interval(np.full(shape, 0.4))
    assert mean == pytest.approx(0.4)
    assert np.isnan(half_width)


def test_crossed_scores_without_the_two_axes_are_an_error():
    with pytest.raises(ValueError, match=r"\(initialisations, episodes\).*\(2, 3, 4\)"):
        crossed_interval(np.zeros((2, 3, 4)))
