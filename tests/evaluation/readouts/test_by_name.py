"""Read-outs against scikit-learn, and what they do not mind."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.neighbors import NearestCentroid

from learned_update.evaluation.readouts import by_name as readouts
from learned_update.evaluation.readouts.by_name import READOUTS, check_readouts
from learned_update.evaluation.readouts.logistic import chosen_strength
from learned_update.evaluation.readouts.ridge import STRENGTHS

LABELS = np.repeat([1, 4, 6], 5)


def problem(inputs, seed=0):
    rng = np.random.default_rng(seed)
    centres = 0.7 * rng.normal(size=(7, inputs))
    support = 3.0 + rng.normal(size=(15, inputs)) + centres[LABELS]
    query = 3.0 + rng.normal(size=(400, inputs)) + centres[rng.choice([1, 4, 6], 400)]
    return support, query


def scale(support):
    return np.sqrt(np.mean(np.square(support - support.mean(axis=0))))


@pytest.mark.parametrize("inputs", [4, 30])
def test_ridge_is_that_of_scikit_learn(inputs):
    support, query = problem(inputs)
    penalties = np.array(STRENGTHS) * len(support) * scale(support) ** 2
    model = RidgeCV(penalties).fit(support, LABELS[:, None] == [1, 4, 6])
    expected = np.array([1, 4, 6])[np.argmax(model.predict(query), axis=1)]
    np.testing.assert_array_equal(readouts.ridge(support, LABELS, query), expected)


@pytest.mark.parametrize("inputs", [4, 30])
def test_logistic_regression_is_that_of_scikit_learn(inputs):
    support, query = problem(inputs)
    mean, deviation = support.mean(axis=0), scale(support)
    x = (support - mean) / deviation
    model = LogisticRegression(C=chosen_strength(x, LABELS), max_iter=1000)
    expected = model.fit(x, LABELS).predict((query - mean) / deviation)
    found = readouts.logistic_regression(support, LABELS, query)
    assert np.mean(found == expected) > 0.99  # both stop short of the minimum


@pytest.mark.parametrize("inputs", [4, 30])
def test_nearest_centroid_is_that_of_scikit_learn(inputs):
    support, query = problem(inputs)
    expected = NearestCentroid().fit(support, LABELS).predict(query)
    found = readouts.nearest_centroid(support, LABELS, query)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("readout", READOUTS)
def test_shift_and_scale_of_all_features_change_nothing(readout):
    support, query = problem(6)
    found = READOUTS[readout](support, LABELS, query)
    moved = READOUTS[readout](8 * support - 64, LABELS, 8 * query - 64)
    assert np.mean(found == moved) > 0.99


@pytest.mark.parametrize("readout", READOUTS)
def test_equal_features_give_one_class(readout):
    found = READOUTS[readout](np.ones((15, 3)), LABELS, np.ones((4, 3)))
    assert len(set(found)) == 1


@pytest.mark.parametrize("readout", ["ridge", "logistic regression"])
def test_features_that_are_not_finite_are_an_error(readout):
    support, query = problem(4)
    support[0, 0] = np.nan
    with pytest.raises(ValueError, match="support are not finite"):
        READOUTS[readout](support, LABELS, query)


def test_unknown_read_out_is_an_error():
    assert check_readouts(("ridge",)) == ("ridge",)
    with pytest.raises(ValueError, match=r"no read-out 'svm'.*ridge, logistic"):
        check_readouts(("ridge", "svm"))
