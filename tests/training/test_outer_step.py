"""The parts of an outer step, eagerly: unrolls begun and mended, steps skipped."""

from typing import NamedTuple

import keras
import numpy as np
import pytest
from keras import ops

from learned_update.meta import MetaGradient
from learned_update.training.outer_steps.draws import GroupDraw
from learned_update.training.outer_steps.outer_step import (
    descend,
    mean_gradient,
    truncate,
)
from learned_update.types import LayerParams, Phi

TASKS = 3
BETA_1, BETA_2, RATE, EPSILON = 0.875, 0.9375, 0.01, 1e-7


def phi(value, *tasks):
    """A `Phi` of one layer, of one number or of one per task."""
    shapes = ((2, 4), (4,), (2, 4))
    leaves = [np.full((*tasks, *shape), value) for shape in shapes]
    return Phi((LayerParams(*map(ops.convert_to_tensor, leaves)),))


def drawn(begins):
    return GroupDraw((), np.int32(1), (), np.array(begins), phi(7.0, TASKS))


class Doubled(NamedTuple):
    """An estimator that doubles phi."""

    broken: int | None

    def begin(self, phi, noise):
        assert noise == ()
        return phi

    def __call__(self, step, theta, phi, data):
        norm = np.ones(TASKS)
        if self.broken is not None:
            norm[self.broken] = np.nan
        return MetaGradient(
            theta,
            keras.tree.map_structure(lambda leaf: 2.0 * leaf, phi),
            loss=ops.convert_to_tensor(np.arange(3.0)),
            query_accuracy=ops.convert_to_tensor(np.full(TASKS, 0.5)),
            norm=ops.convert_to_tensor(norm),
        )


def doubled_truncation(broken=None, **options):
    """Of three tasks, of which the second begins at 7 and the others go on at 1."""
    return truncate(
        Doubled(broken),
        None,
        [np.float64(3.0)],
        phi(1.0, TASKS),
        (),
        phi(-1.0),
        drawn([False, True, False]),
        **options,
    )


@pytest.mark.parametrize("broken", [None, 0, 2], ids=str)
def test_truncations_begin_unrolls_and_mend_what_is_broken(broken):
    result = doubled_truncation(broken)
    expected = [2.0, 14.0, 2.0]
    if broken is not None:
        expected[broken] = -1.0
    for leaf in keras.tree.flatten(result.phi):
        for task, value in enumerate(expected):
            np.testing.assert_array_equal(leaf[task], np.full(leaf.shape[1:], value))
    assert np.flatnonzero(result.broken).tolist() == (
        [] if broken is None else [broken]
    )
    np.testing.assert_array_equal(result.figures[0], [0.0, 1.0, 2.0])
    np.testing.assert_array_equal(result.figures[1], [0.5, 0.5, 0.5])
    np.testing.assert_array_equal(result.figures[3], [0.0, 0.0, 0.0])


def test_a_phi_that_has_exploded_is_replaced_and_told():  # 14 times the spare one
    result = doubled_truncation(largest_growth=13.9)
    np.testing.assert_array_equal(result.broken, [False, True, False])
    np.testing.assert_array_equal(result.figures[3], [0.0, 1.0, 0.0])
    np.testing.assert_array_equal(result.figures[2], np.ones(TASKS))
    for leaf in keras.tree.flatten(result.phi):
        np.testing.assert_array_equal(leaf[1], np.full(leaf.shape[1:], -1.0))
        np.testing.assert_array_equal(leaf[2], np.full(leaf.shape[1:], 2.0))
    assert not np.any(doubled_truncation(largest_growth=14.1).broken)


def figures(norm=1.0, exploded=0.0):
    """Of a group of two tasks, whose second has this."""
    return np.array([[0.1, 0.1], [0.5, 0.5], [1.0, norm], [0.0, exploded]])


@pytest.mark.parametrize("returns", [0, 2])
def test_descents_skip_broken_steps_and_else_do_what_adam_does(returns):
    theta = [keras.Variable(np.array([1.0, -2.0]), dtype="float64")]
    optimizer = keras.optimizers.Adam(RATE, BETA_1, BETA_2, EPSILON)
    optimizer.build(theta)
    variables = [*theta, *optimizer.variables]
    mean, square, position, taken = np.zeros(2), np.zeros(2), np.array([1.0, -2.0]), 0
    counts = ops.convert_to_tensor(np.array([4, 0, returns], np.int32))
    for step, broken in enumerate([False, True, False]):
        gradients = [[np.array([0.5, step])], [np.array([1.5, -3.0])]]
        if broken:
            gradients[1][0][0] = np.nan
        values, counts = descend(
            optimizer,
            theta,
            [ops.copy(variable.value) for variable in variables],
            counts,
            [[ops.convert_to_tensor(g) for g in group] for group in gradients],
            [figures(), figures(np.nan if broken else 3.0, exploded=step == 2)],
            smaller_rate=0.25,
        )
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)
        if not broken:
            taken += 1
            g = (gradients[0][0] + gradients[1][0]) / 2
            mean = BETA_1 * mean + (1 - BETA_1) * g
            square = BETA_2 * square + (1 - BETA_2) * g**2
            scale = np.sqrt(1 - BETA_2**taken) / (1 - BETA_1**taken)
            position -= (
                0.25**returns * RATE * scale * mean / (np.sqrt(square) + EPSILON)
            )
        assert int(optimizer.iterations) == taken
        np.testing.assert_allclose(theta[0], position, rtol=1e-6)
    assert np.asarray(counts).tolist() == [5, 1, returns]


def test_the_mean_is_over_groups():
    gradients = [[np.array(1.0), np.array(4.0)], [np.array(3.0), np.array(0.0)]]
    assert mean_gradient(gradients) == [2.0, 2.0]
