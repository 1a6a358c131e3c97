"""The loop: it learns, goes on where it was stopped, and says what is wrong."""

import threading

import keras
import numpy as np
import pytest
from keras import ops

from learned_update.few_shot.episodes.episode import Episode
from learned_update.few_shot.training.outer_step import mean_meta_gradient
from learned_update.randomness import generator
from tests.few_shot.small import episodes, learner

STEPS = 60


class StopAfter(threading.Event):
    """What is set once it was asked for some times."""

    def __init__(self, times):
        super().__init__()
        self.times = times

    def is_set(self):
        self.times -= 1
        return self.times < 0


def test_a_run_that_was_stopped_ends_as_one_that_was_not(tmp_path):
    path = tmp_path / "checkpoint.npz"
    whole = learner("prototypical").fit(episodes(), STEPS, 0.03)
    assert np.mean(whole.history[-20:]) < 0.7 * np.mean(whole.history[:20])
    parts = learner("prototypical")
    message = f"Stopped after step 11 of {STEPS}; the same command goes on"
    with pytest.raises(KeyboardInterrupt, match=message):
        parts.fit(episodes(), STEPS, 0.03, checkpoint=path, stop=StopAfter(10))
    again = learner("prototypical").fit(episodes(), STEPS, 0.03, checkpoint=path)
    assert again.history == whole.history
    for one, other in zip(again.weights, whole.weights, strict=True):
        np.testing.assert_array_equal(one, other)
    with pytest.raises(ValueError, match="is of another learner.*settings of that run"):
        learner("prototypical", seed=1).fit(episodes(), STEPS, checkpoint=path)
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(ValueError, match="cannot be read.*Remove it to begin anew"):
        learner("prototypical").fit(episodes(), STEPS, checkpoint=path)


def test_several_episodes_of_a_step_count_alike():
    one = learner("prototypical")
    drawn = [episodes().draw(generator(seed)) for seed in range(3)]
    tensors = [Episode(*map(ops.convert_to_tensor, each)) for each in drawn]
    own = [one.meta_gradient(one.theta(), each) for each in tensors]
    stacked = Episode(*(ops.stack(field) for field in zip(*tensors, strict=True)))
    found = mean_meta_gradient(one.meta_gradient, one.theta(), stacked)
    expected = keras.tree.map_structure(lambda *x: sum(x) / 3, *own)
    for a, b in zip(*map(keras.tree.flatten, (found, expected)), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


def test_budgets_and_losses_that_make_no_sense():
    with pytest.raises(ValueError, match=r"cannot be meta-trained.*steps=0"):
        learner("prototypical").fit(episodes(), steps=0)
    broken = learner("prototypical")
    variable = broken.trainable_variables[0]
    variable.assign(np.full(variable.shape, np.nan, "float32"))
    with pytest.raises(ValueError, match="is not finite.*nan at step 0"):
        broken.fit(episodes(), steps=1)
