"""Affine maps of the inputs."""

import numpy as np
import pytest

from learned_update.data import InputMapDistribution
from learned_update.data.tasks.input_maps import (
    VARIANCE_FLOOR,
    check_distribution,
    draw_input_map,
    identity_map,
    random_rotation,
    spectrum,
    tilt_matrix,
)
from learned_update.randomness import generator
from learned_update.types import InputMap, PixelMap

NEVER = InputMapDistribution(0, 0, 0, 0, 0)
PIXELS = (
    np.random.default_rng(0).uniform(size=(200, 6))
    @ np.diag([1.0, 0.8, 0.5, 0.3, 0.2, 0.1])
    @ np.random.default_rng(1).uniform(0, 0.4, size=(6, 6))
)


def draw(seed=0, **probabilities):
    distribution = NEVER._replace(**probabilities)
    return draw_input_map(generator(seed), distribution, spectrum(PIXELS))


def mapped(input_map, pixels=PIXELS):
    centred = pixels - input_map.offset
    if isinstance(input_map, PixelMap):
        return (centred * input_map.scale)[:, input_map.order]
    return centred @ input_map.matrix


def variances(pixels):
    return np.linalg.eigvalsh(np.cov(pixels.T, bias=True))


def test_identity():
    for input_map in (identity_map(6), draw()):
        assert input_map.offset.dtype == input_map.scale.dtype == np.float32
        assert input_map.order.dtype == np.int32
        np.testing.assert_array_equal(mapped(input_map), PIXELS)


def test_inversion():
    np.testing.assert_allclose(mapped(draw(inversion=1)), 1 - PIXELS, atol=1e-12)


def test_a_distribution_that_tilts_has_maps_of_one_type():
    maps = [draw(seed, tilt=0.5, signs=1, permutation=1) for seed in range(20)]
    assert {type(input_map) for input_map in maps} == {InputMap}
    untilted = [m for m in maps if (np.abs(m.matrix).sum(axis=0) == 1).all()]
    assert 4 < len(untilted) < 16
    for input_map in untilted:
        result = np.sort(np.abs(mapped(input_map)))
        np.testing.assert_allclose(result, np.sort(PIXELS), atol=1e-12)


def test_signs():
    result = mapped(draw(signs=1))
    np.testing.assert_allclose(np.abs(result), PIXELS, atol=1e-12)
    assert 0 < (result[0] < 0).sum() < 6


def test_permutation():
    result = mapped(draw(permutation=1))
    np.testing.assert_allclose(np.sort(result), np.sort(PIXELS), atol=1e-12)
    assert (result != PIXELS).any()


def test_spectrum_is_that_of_the_pixels():
    mean, lambdas, axes = spectrum(PIXELS)
    np.testing.assert_allclose(mean, PIXELS.mean(axis=0), atol=1e-14)
    np.testing.assert_allclose(axes.T @ axes, np.eye(6), atol=1e-13)
    covariance = np.cov(PIXELS.T, bias=True)
    np.testing.assert_allclose(axes @ np.diag(lambdas) @ axes.T, covariance, atol=1e-14)


@pytest.mark.parametrize("exponent", [-0.7, 0.0, 0.5, 1.0, 1.2])
def test_tilt_raises_variances_to_a_power(exponent):
    axes = random_rotation(generator(0), 6)
    lambdas = np.array([0.1, 0.2, 0.5, 1.0, 2.0, 7.0])
    matrix = tilt_matrix(axes, lambdas, exponent)
    covariance = matrix.T @ (axes * lambdas @ axes.T) @ matrix
    powers = lambdas ** (1 - exponent)
    expected = powers * lambdas.sum() / powers.sum()
    np.testing.assert_allclose(
        axes.T @ covariance @ axes, np.diag(expected), atol=1e-12
    )


def test_tilt_with_rotation_ends_in_the_axes_of_the_rotation():
    axes, rotation = (random_rotation(generator(seed), 6) for seed in (0, 1))
    lambdas = np.arange(1.0, 7.0)
    tilted = tilt_matrix(axes, lambdas, 0.5)
    np.testing.assert_allclose(
        tilt_matrix(axes, lambdas, 0.5, rotation), tilted @ axes @ rotation, atol=1e-13
    )


def test_tilt_does_not_blow_up_axes_without_variance():
    lambdas = np.array([0.0, 1e-9, 1.0])
    matrix = tilt_matrix(np.eye(3), lambdas, 1.0)
    np.testing.assert_allclose(
        np.diag(matrix) ** 2,
        np.array([1 / VARIANCE_FLOOR, 1 / VARIANCE_FLOOR, 1]),
        rtol=1e-5,
    )


def test_a_drawn_tilt_centres_and_keeps_the_total_variance():
    for rotation in (0, 1):
        result = mapped(draw(tilt=1, rotation=rotation, inversion=1))
        np.testing.assert_allclose(result.mean(axis=0), 0, atol=1e-6)
        np.testing.assert_allclose(
            variances(result).sum(), variances(PIXELS).sum(), rtol=1e-5
        )


def test_only_a_rotation_changes_the_axes_of_a_tilt():
    axes = spectrum(PIXELS).axes
    for rotation, diagonal in ((0, True), (1, False)):
        matrix = axes.T @ draw(tilt=1, rotation=rotation).matrix @ axes
        off_diagonal = np.abs(matrix - np.diag(np.diag(matrix))).max()
        assert (off_diagonal < 1e-5) == diagonal


def test_inversion_and_tilt_invert_first():
    tilted, both = draw(tilt=1), draw(tilt=1, inversion=1)
    np.testing.assert_allclose(mapped(both), -mapped(tilted), atol=1e-6)


def test_maps_occur_as_often_as_asked():
    counts = np.zeros(2)
    for seed in range(400):
        input_map = draw(seed, inversion=0.5, permutation=0.1)
        inverted = input_map.offset.any()
        counts += [inverted, (input_map.order != np.arange(6)).any()]
    np.testing.assert_allclose(counts / 400, [0.5, 0.1], atol=0.08)


def test_draws_are_a_function_of_the_generator():
    everything = {"tilt": 1, "rotation": 1, "signs": 0.5, "permutation": 0.5}
    first, again, other = (draw(seed, **everything) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first.matrix, again.matrix)
    assert (first.matrix != other.matrix).any()


def test_rotations_are_orthogonal_and_have_no_preferred_direction():
    rotations = np.array([random_rotation(generator(i), 3) for i in range(2000)])
    gram = np.swapaxes(rotations, 1, 2) @ rotations
    np.testing.assert_allclose(gram, np.broadcast_to(np.eye(3), gram.shape), atol=1e-12)
    np.testing.assert_allclose(rotations.mean(axis=0), 0, atol=0.06)
    assert 0.4 < (np.linalg.det(rotations) > 0).mean() < 0.6


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"signs": 1.5}, "of signs .* from 0 to 1. Received: signs=1.5. Give 0"),
        ({"tilt": float("nan")}, "Received: tilt=nan"),
        ({"exponents": (1, 0)}, r"exponents=\(low, high\).*\(1, 0\). Swap them"),
        ({"exponents": (0, np.inf)}, "empty or not finite"),
    ],
)
def test_impossible_probabilities_and_ranges(changes, message):
    with pytest.raises(ValueError, match=message):
        check_distribution(NEVER._replace(**changes))
