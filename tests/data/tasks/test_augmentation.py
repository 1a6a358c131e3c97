"""How far images are augmented, and with what."""

import numpy as np
import pytest

from learned_update.data import Augmentation, TaskDistribution
from learned_update.data.tasks.augmentation import (
    check_augmentation,
    draw_coefficients,
    noise_bank,
    regression_targets,
)
from learned_update.randomness import generator
from learned_update.types import NOISE, ROTATION, SHIFT_DOWN, SHIFT_RIGHT
from tests.data.striped import striped

EVERYTHING = Augmentation(rotation=30, shift=0.25, noise=0.2, noise_images=5)


def test_coefficients_are_uniform_up_to_the_magnitudes():
    shape = (8, 12, 1)
    drawn, noise = draw_coefficients(generator(0), EVERYTHING, shape, 40, 100)
    assert drawn.shape == (40, 100, 4)
    assert noise.shape == (40, 100)
    assert drawn.dtype == np.float32
    assert noise.dtype == np.int32
    largest = {ROTATION: np.pi / 6, SHIFT_DOWN: 2.0, SHIFT_RIGHT: 3.0}
    for index, magnitude in largest.items():
        values = np.sort(drawn[..., index].ravel()) / magnitude
        np.testing.assert_allclose(values, np.linspace(-1, 1, 4000), atol=0.05)
    values = np.sort(drawn[..., NOISE].ravel()) / 0.2
    np.testing.assert_allclose(values, np.linspace(0, 1, 4000), atol=0.05)
    np.testing.assert_allclose(np.bincount(noise.ravel()) / 4000, 0.2, atol=0.03)


def test_the_noise_bank_is_normal_and_always_the_same():
    augmentation = EVERYTHING._replace(noise_images=300)
    bank = noise_bank(augmentation, 30)
    np.testing.assert_array_equal(bank, noise_bank(augmentation, 30))
    assert bank.shape == (300, 30)
    assert bank.dtype == np.float32
    np.testing.assert_allclose([bank.mean(), bank.var()], [0, 1], atol=0.04)
    assert abs((bank**4).mean() - 3) < 0.25


def test_what_varies_is_asked_for():
    assert regression_targets(EVERYTHING) == (
        ROTATION,
        SHIFT_DOWN,
        SHIFT_RIGHT,
        NOISE,
    )
    assert regression_targets(Augmentation(noise=0.1)) == (NOISE,)
    assert regression_targets(Augmentation(rotation=5)) == (ROTATION,)
    assert regression_targets(Augmentation()) == ()


def test_tasks_draw_coefficients_after_their_examples():
    plain, augmented = (
        TaskDistribution([striped()], ways=3, shots=2, queries=3, augmentation=each)
        for each in (None, EVERYTHING)
    )
    task = plain.draw_task(generator(0))
    expected = plain.draw_batch(generator(1), task, steps=5, batch_size=8)
    drawn = augmented.draw_batch(generator(1), task, steps=5, batch_size=8)
    for before, after in zip(expected[:3], drawn[:3], strict=True):
        np.testing.assert_array_equal(before, after)
    assert drawn.coefficients.shape == (5, 8 + 3 * (2 + 3), 4)
    assert drawn.noise.shape == (5, 8 + 3 * (2 + 3))
    assert drawn.noise.max() < 5
    assert np.abs(drawn.coefficients[..., SHIFT_DOWN]).max() < 0.25 * 3
    assert augmented.episode.image_shape == (3, 2, 1)
    assert augmented.episode.regression_targets == (0, 1, 2, 3)
    bank = augmented.resident().noise
    np.testing.assert_array_equal(bank, noise_bank(EVERYTHING, 6))
    assert plain.resident().noise == ()


@pytest.mark.parametrize(
    ("augmentation", "shape", "message"),
    [
        (Augmentation(rotation=181), (8, 8, 1), "by this rotation.*0 to 180.*=181"),
        (Augmentation(shift=-0.1), (8, 8, 1), "by this shift.*0 to 1.*=-0.1"),
        (Augmentation(noise=np.inf), (8, 8, 1), "by this noise.*noise=inf"),
        (Augmentation(noise=np.nan), (8, 8, 1), "by this noise.*noise=nan"),
        (Augmentation(noise_images=0), (8, 8, 1), "noise_images=0"),
        (
            Augmentation(shift=0.1),
            (1, 20, 1),
            r"Only images can be rotated and shifted.*shape \(1, 20, 1\). Set rot",
        ),
    ],
)
def test_impossible_magnitudes(augmentation, shape, message):
    with pytest.raises(ValueError, match=message):
        check_augmentation(augmentation, shape)


def test_noise_suits_tables_too():
    check_augmentation(Augmentation(noise=0.1), (1, 20, 1))
