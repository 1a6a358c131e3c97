"""Trials: what is drawn before phi learns."""

import dataclasses

import numpy as np
import pytest

from learned_update.data import Dataset
from learned_update.evaluation.episodes.trial import draw_trial
from learned_update.evaluation.few_shot.protocol import Protocol

PROTOCOL = Protocol(ways=3, shots=2, queries=4, episodes=6, initialisations=2)


def numbered(name="numbered", classes=5, examples=10):
    """Each image holds its class and its number, so that it can be told again."""
    labels = np.repeat(np.arange(classes, dtype=np.int32), examples)
    numbers = np.arange(len(labels))
    images = np.stack([labels, numbers], axis=1).astype(np.uint8)[:, None, :, None]
    return Dataset(name, images, labels, tuple(map(str, range(classes))))


def told(pixels):
    return np.rint(255 * pixels).astype(int).T  # classes, numbers


def test_parts_are_disjoint_and_of_the_same_classes():
    trial = draw_trial(numbered(), PROTOCOL, 0)
    (train_classes, train), (test_classes, test) = told(trial.train), told(trial.test)
    assert set(train_classes) == set(test_classes)
    assert len(set(train_classes)) == 3
    assert not set(train) & set(test)
    assert len(train) == len(test) == 15


def test_episodes_name_classes_alike_in_both_parts():
    trial = draw_trial(numbered(), PROTOCOL, 0)
    support = told(trial.train)[0][trial.episodes.support].reshape(6, 3, 2)
    query = told(trial.test)[0][trial.episodes.query].reshape(6, 3, 4)
    assert (support == support[..., :1]).all()
    assert (query == support[..., :1]).all()


def test_trial_is_a_function_of_data_set_protocol_and_number():
    trial, again = (draw_trial(numbered(), PROTOCOL, 1) for _ in range(2))
    assert trial.seed == again.seed
    np.testing.assert_array_equal(trial.train, again.train)
    np.testing.assert_array_equal(trial.episodes.query, again.episodes.query)
    others = (
        draw_trial(numbered(), PROTOCOL, 0),
        draw_trial(numbered("other"), PROTOCOL, 1),
        draw_trial(numbered(), dataclasses.replace(PROTOCOL, seed=1), 1),
    )
    assert all(trial.seed != other.seed for other in others)


def test_too_few_classes_is_an_error():
    with pytest.raises(ValueError, match=r"'numbered' has too few classes.*ways=3.*2"):
        draw_trial(numbered(classes=2), PROTOCOL, 0)


def test_too_few_examples_is_an_error_that_names_the_data_set():
    with pytest.raises(ValueError, match=r"Data set 'numbered': Class 0 has too few"):
        draw_trial(numbered(examples=6), PROTOCOL, 0)
