"""Baselines against their formulas."""

import numpy as np
import pytest

from learned_update.baselines import (
    FixedPhi,
    KMeansFeatures,
    Pca,
    RandomInitialisation,
    RawPixels,
)
from learned_update.baselines.unsupervised.k_means import triangle
from learned_update.layers import BaseMLP
from tests.arithmetic import assert_rows_do_not_mind_company

RNG = np.random.default_rng(0)
TRAIN = RNG.uniform(size=(60, 12)).astype("float32")
TEST = RNG.uniform(size=(20, 12)).astype("float32")
BASE = BaseMLP((8, 5))
BASELINES = {
    "raw pixels": (RawPixels(), 12),
    "pca": (Pca(4), 4),
    "k-means": (KMeansFeatures(6, seed=0), 6),
    "random initialisation": (RandomInitialisation(BASE, seed=0), 5),
}


@pytest.mark.parametrize(("baseline", "features"), BASELINES.values(), ids=BASELINES)
def test_features_of_an_example_do_not_depend_on_the_others(baseline, features):
    assert baseline.fit(TRAIN) is baseline
    together = baseline.embed(TEST)
    assert together.shape == (20, features)
    assert_rows_do_not_mind_company(baseline.embed, TEST)


@pytest.mark.parametrize(("baseline", "features"), BASELINES.values(), ids=BASELINES)
def test_fitting_twice_gives_the_same_features(baseline, features):
    first = baseline.fit(TRAIN).embed(TEST)
    np.testing.assert_array_equal(baseline.fit(TRAIN).embed(TEST), first)


@pytest.mark.parametrize(("baseline", "features"), BASELINES.values(), ids=BASELINES)
def test_features_are_float32_and_take_some_time(baseline, features):
    assert baseline.fit(TRAIN).embed(TEST).dtype == np.float32
    assert baseline.seconds > 0


@pytest.mark.parametrize(("baseline", "features"), BASELINES.values(), ids=BASELINES)
def test_bad_examples_are_errors(baseline, features):
    with pytest.raises(ValueError, match=r"not finite.*1 NaN or infinite of 24"):
        baseline.fit(np.where(np.arange(24).reshape(2, 12) == 5, np.nan, 1.0))
    with pytest.raises(ValueError, match=r"as rows.*\(examples, inputs\).*\(60,\)"):
        baseline.fit(TRAIN[:, 0])
    with pytest.raises(ValueError, match=r"another width.*, 12\).*\(20, 11\)"):
        baseline.fit(TRAIN).embed(TEST[:, 1:])


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("raw pixels", 0),
        ("pca", 12 + 4 * 12),
        ("k-means", 6 * 12),
        ("random initialisation", 0),
    ],
)
def test_parameters_are_what_was_learned(name, parameters):
    assert BASELINES[name][0].fit(TRAIN).parameters == parameters


def test_fixed_phi_takes_the_statistics_of_what_it_is_fitted_to():
    phi = BASE.init_phi(12, seed=1)
    expected = BASE.embed(phi, TEST, BASE.statistics(phi, TRAIN))
    actual = FixedPhi(BASE, phi).fit(TRAIN).embed(TEST)
    np.testing.assert_array_equal(actual, np.asarray(expected))


def test_raw_pixels_are_a_copy():
    features = RawPixels().fit(TRAIN).embed(TEST)
    np.testing.assert_array_equal(features, TEST)
    assert not np.shares_memory(features, TEST)


def test_pca_projects_on_the_leading_axes_of_the_train_part():
    mean = TRAIN.mean(axis=0, dtype=np.float64)
    axes = np.linalg.svd(TRAIN - mean)[2][:4]
    expected = (TEST - mean) @ axes.T
    actual = Pca(4).fit(TRAIN).embed(TEST)
    np.testing.assert_allclose(np.abs(actual), np.abs(expected), atol=1e-6)


def test_triangle_by_hand():
    np.testing.assert_allclose(
        triangle(np.array([[1.0, 2.0, 6.0], [3.0, 3.0, 3.0]])),
        [[2.0, 1.0, 0.0], [0.0, 0.0, 0.0]],
    )


def test_k_means_features_say_which_of_two_far_groups():
    groups = np.repeat([[0.0, 0.0], [1.0, 0.0]], 10, axis=0)
    groups += 0.01 * RNG.normal(size=groups.shape)
    features = KMeansFeatures(2, seed=0).fit(groups).embed([[0.0, 0.0], [1.0, 0.0]])
    # Distances 0 and 1: the mean is 1/2, and the near centre is 1/2 nearer than it.
    np.testing.assert_allclose(np.sort(features), [[0.0, 0.5]] * 2, atol=0.02)
    assert np.argmax(features[0]) != np.argmax(features[1])


def test_random_initialisation_embeds_with_the_statistics_of_the_train_part():
    phi = BASE.init_phi(12, seed=3)
    expected = BASE.embed(phi, TEST, BASE.statistics(phi, TRAIN))
    actual = RandomInitialisation(BASE, seed=3).fit(TRAIN).embed(TEST)
    np.testing.assert_array_equal(actual, np.asarray(expected))


@pytest.mark.parametrize(
    ("baseline", "message"),
    [
        (Pca(13), r"more principal components.*at least 13 .*\(60, 12\).*at most 12"),
        (KMeansFeatures(3, 0), r"more clusters than different.*least 3.*Received: 2"),
    ],
    ids=["pca", "k-means"],
)
def test_too_many_features_is_an_error(baseline, message):
    pixels = (
        TRAIN if isinstance(baseline, Pca) else np.repeat([[0.0], [1.0]], 9, axis=0)
    )
    with pytest.raises(ValueError, match=message):
        baseline.fit(pixels)
