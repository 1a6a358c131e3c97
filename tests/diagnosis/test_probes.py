"""Probes against what is known of small problems, in float64."""

import keras
import numpy as np
import pytest
from keras import ops

from learned_update.diagnosis.probes.course import Courses, growth, moved, repeated
from learned_update.diagnosis.probes.gradients import (
    UnrollGradients,
    cosine,
    noisy_estimate,
)
from learned_update.diagnosis.probes.shares import shares_of
from learned_update.diagnosis.probes.tasks import draw_probe_tasks, in_groups
from learned_update.diagnosis.settings import (
    Settings,
    check_settings,
    truncation_lengths,
)
from learned_update.meta.estimators.persistent_es import PersistentES
from tests.diagnosis.problems import Logistic, probe_tasks
from tests.meta.estimator_problems import Balancing, Smooth
from tests.training import small_run


@pytest.fixture(autouse=True, scope="module")
def float64():
    before = keras.config.floatx()
    keras.config.set_floatx("float64")
    yield
    keras.config.set_floatx(before)


def tensors(problem):
    return [ops.convert_to_tensor(x) for x in problem.theta]


def test_sensitivity_is_the_derivative_while_differences_are_small():
    """Of a chaotic map: |d s_t / d theta|, which doubles at every step, on average."""
    problem, steps, size = Logistic(), 30, 1e-13
    states = np.random.default_rng(0).uniform(0.1, 0.9, (400, 1))
    tasks = probe_tasks(states, steps)
    theta = tensors(problem)
    thetas = [repeated(theta, 400), moved(theta, 400, size, np.random.default_rng(1))]
    course, kept = Courses(problem)(thetas, tasks, steps, marks=(0, 3))
    shift = np.abs(ops.convert_to_numpy(thetas[1][0] - thetas[0][0]))
    np.testing.assert_allclose(shift, 4 * size, rtol=1e-2)  # as doubles near 4 allow
    expected = np.abs(problem.derivatives(states[:, 0], steps))
    found = course.distance[:, 1] / np.sqrt(3) / shift[:, 0]  # phi_of has it thrice
    np.testing.assert_allclose(found[:8], expected[:8], rtol=0.05, atol=0.05)
    factor = np.exp(np.mean(np.log(growth(course.distance[:, 1], 5, 25))))
    assert factor == pytest.approx(2, rel=0.02)
    assert not course.distance[:, 0].any()
    np.testing.assert_array_equal(kept[0].layers[0].kernel, states)
    state = states
    for _ in range(3):
        state = 4 * state * (1 - state)
    np.testing.assert_allclose(kept[3].layers[0].kernel, state, rtol=1e-12)
    np.testing.assert_allclose(course.loss[2, 0], state[:, 0], rtol=1e-12)
    np.testing.assert_allclose(course.norm[2, 0], np.sqrt(3) * state[:, 0], rtol=1e-12)


def test_moved_goes_as_far_as_it_says():
    theta = [ops.convert_to_tensor(np.ones((3, 2))), ops.convert_to_tensor(np.ones(10))]
    away = moved(theta, 5, 0.01, np.random.default_rng(0))
    squares = sum(
        np.square(ops.convert_to_numpy(x) - 1).reshape(5, -1).sum(-1) for x in away
    )
    np.testing.assert_allclose(np.sqrt(squares), 0.01 * 4, rtol=1e-9)


def test_the_gradient_of_a_whole_unroll_against_finite_differences():
    problem, steps = Smooth(), 6
    tasks = probe_tasks(np.tile(problem.initial, (3, 1)), steps)
    unrolls = UnrollGradients(problem, steps)
    found = unrolls.by_backpropagation(tensors(problem), tasks, steps)
    expected = np.concatenate([x.ravel() for x in problem.gradient(steps)]) / steps
    np.testing.assert_allclose(found, np.tile(expected, (3, 1)), rtol=1e-6, atol=1e-9)


def test_truncations_turn_the_gradient_and_persistent_es_does_not():
    """On influence balancing (Vicol et al. 2021), whose gradient is known."""
    problem, steps = Balancing(), 60
    tasks = probe_tasks(np.tile(problem.initial, (200, 1)), steps)
    unrolls, theta = UnrollGradients(problem, steps), tensors(problem)
    few = in_groups(tasks, 2)[0]
    full = unrolls.by_backpropagation(theta, few, steps).mean(0)
    np.testing.assert_allclose(full, problem.gradient(steps)[0] / steps, rtol=1e-9)
    short = unrolls.by_backpropagation(theta, few, 7).mean(0)  # the last has 4
    assert cosine(full, full) == 1
    assert cosine(short, full) == -1
    rng = np.random.default_rng(0)
    samples = [
        unrolls.by_estimator(PersistentES(1e30, 0.05), theta, tasks, 3, rng)
        for _ in range(8)
    ]
    found = noisy_estimate(np.array(samples), full)
    assert abs(found.share - 1) < 4.5 * found.error
    assert found.error < 0.2
    assert found.cosine == 1


def test_cosines_and_noisy_estimates():
    a, b = np.array([1.0, 0.0]), np.array([1.0, 1.0])
    assert cosine(a, b) == pytest.approx(np.sqrt(0.5))
    assert np.isnan(cosine(a, np.zeros(2)))
    assert np.isnan(cosine(a, np.array([np.inf, 0.0])))
    found = noisy_estimate(np.array([[2.0, 5.0], [1.0, -5.0]]), a)
    assert found == pytest.approx((1.0, 1.5, 0.5))


def test_shares_sum_to_one_and_tell_terms_that_work_against_the_others():
    vectors = np.array([[3.0, 0.0], [0.0, 4.0], [-1.0, 0.0]])
    norms, along = shares_of(vectors @ vectors.T)
    np.testing.assert_allclose(norms, [3 / 8, 4 / 8, 1 / 8])
    np.testing.assert_allclose(along, np.array([6, 16, -2]) / 20)  # the sum: (2, 4)


def test_probe_tasks_come_from_all_data_sets_in_turn():
    first, second = small_run.images(), small_run.images(seed=1)
    tasks = small_run.tasks()
    tasks = type(tasks)(
        [first, second._replace(name="others")],
        weights=(0.999, 0.001),
        ways=2,
        shots=2,
        queries=2,
    )
    run = small_run.trainer(groups=small_run.groups(tasks=lambda: tasks))
    drawn = draw_probe_tasks(run.groups[0], 5, 4, seed=0)
    assert drawn.datasets.count("others") in (2, 3)
    assert {*drawn.datasets[:2]} == {*drawn.datasets[2:4]} == {"prototypes", "others"}
    again = draw_probe_tasks(run.groups[0], 5, 4, seed=0)
    np.testing.assert_array_equal(drawn.batch.inner, again.batch.inner)
    parts = in_groups(drawn, 2)
    assert [part.datasets for part in parts] == [
        drawn.datasets[:2],
        drawn.datasets[2:4],
    ]
    np.testing.assert_array_equal(parts[1].batch.query, drawn.batch.query[:, 2:4])
    np.testing.assert_array_equal(
        parts[1].phi.layers[0].kernel, drawn.phi.layers[0].kernel[2:4]
    )


def test_lengths_of_truncations():
    assert truncation_lengths(50, (6, 8, 10)) == [1, 2, 4, 8, 16, 32, 50]
    assert truncation_lengths(20, (5,)) == [1, 2, 4, 5, 8, 10, 16, 20]
    assert truncation_lengths(4, (6, 8, 10)) == [1, 2, 4]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"steps": 3}, "number of steps. Expected: steps >= 4"),
        ({"samples": 1}, "samples >= 0, and not one sample. Received: samples=1"),
        ({"group": 2}, "no such group.*from 0 to 1.*group=2"),
    ],
)
def test_settings_that_make_no_sense(changed, message):
    with pytest.raises(ValueError, match=message):
        check_settings(Settings(**changed), 2)
