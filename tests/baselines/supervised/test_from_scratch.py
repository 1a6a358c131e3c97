"""Supervised training on the labels of an episode."""

import numpy as np
import pytest

from learned_update.baselines import Supervised
from learned_update.layers import BaseMLP
from tests.arithmetic import assert_rows_do_not_mind_company

BASE = BaseMLP((8, 5))
SHORT = {"steps": 40, "learning_rate": 1e-2}


def groups(seed, count=12):
    """Three far groups with labels 2, 7 and 9, in turn."""
    rng = np.random.default_rng(seed)
    labels = np.tile([2, 7, 9], count)
    centres = np.repeat(np.eye(3), 4, axis=1)  # (3, 12)
    x = centres[np.tile([0, 1, 2], count)] + 0.1 * rng.normal(size=(3 * count, 12))
    return x.astype("float32"), labels


@pytest.fixture(scope="module")
def fitted():
    return Supervised(BASE, seed=0, **SHORT).fit(*groups(0))


def test_labels_of_far_groups_are_found(fitted):
    x, labels = groups(1)
    np.testing.assert_array_equal(fitted.classes, [2, 7, 9])
    np.testing.assert_array_equal(fitted.predict(x), labels)
    assert fitted.embed(x).shape == (36, 5)
    assert fitted.history[0] > 0.8
    assert fitted.history[-1] < 0.3


def test_parameters_are_of_the_base_model_and_the_head(fitted):
    assert fitted.parameters == (12 * 8 + 8) + (8 * 5 + 5) + (5 * 3 + 3)
    assert fitted.seconds > 0


def test_predictions_do_not_depend_on_the_other_examples(fitted):
    assert_rows_do_not_mind_company(fitted.embed, groups(1)[0])


def test_what_was_fitted_before_does_not_matter(fitted):
    x, labels = groups(2)
    again = Supervised(BASE, seed=0, **SHORT)
    again.fit(x, labels[::-1]).fit(*groups(0))
    np.testing.assert_array_equal(again.embed(x), fitted.embed(x))
    assert again.history == fitted.history
    again.fit(x[:20], labels[:20] > 2)
    np.testing.assert_array_equal(again.classes, [False, True])
    np.testing.assert_array_equal(again.predict(x[:20]), labels[:20] > 2)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([1, 2], r"one label for each of the 36 rows.*shape \(2,\)"),
        ([4] * 36, r"at least 2 classes.*\(36,\), 1 classes"),
    ],
    ids=["few", "one class"],
)
def test_labels_that_do_not_fit_are_errors(labels, message):
    with pytest.raises(ValueError, match=message):
        Supervised(BASE, seed=0).fit(groups(0)[0], labels)
