"""An outer step: meta-gradients of some episodes, their mean applied."""

import keras
import numpy as np
from keras import ops

from learned_update import backend
from learned_update.few_shot.episodes.episode import Episode, stack_episodes


def mean_meta_gradient(meta_gradient, theta, episodes):
    """Mean loss and gradient over the leading `tasks` axis of `episodes`.

    Episodes are taken one after the other: memory is that of one.

    Args:
        meta_gradient: `(theta, episode) -> (loss, gradient)`.
        theta: tree of tensors.
        episodes: `Episode` with a leading `tasks` axis of known length.
    """
    count = episodes.support_x.shape[0]
    if count == 1:
        return meta_gradient(theta, Episode(*(field[0] for field in episodes)))

    def step(theta, carry, episode):
        own = meta_gradient(theta, episode)
        return keras.tree.map_structure(ops.add, carry, own), ()

    dtype = keras.tree.flatten(theta)[0].dtype
    nothing = (ops.zeros((), dtype), keras.tree.map_structure(ops.zeros_like, theta))
    total, _ = backend.scan(step, theta, nothing, episodes, ())
    return keras.tree.map_structure(lambda x: x / count, total)


class OuterStep:
    """The compiled outer step of a learner.

    Args:
        learner: `Learner` that has a theta.
        optimizer: Keras optimizer.
    """

    def __init__(self, learner, optimizer):
        variables = learner.trainable_variables
        optimizer.build(variables)
        self.optimizer = optimizer

        def step(values, *episodes):
            theta = learner.theta(values[: len(variables)])
            loss, gradient = mean_meta_gradient(
                learner.meta_gradient, theta, Episode(*episodes)
            )
            moved = backend.optimizer_step(
                optimizer, variables, values, keras.tree.flatten(gradient)
            )
            return moved, loss

        self._step = backend.moving(step, [*variables, *optimizer.variables], xla=False)

    def __call__(self, episodes):
        """Moves theta by some `Episode`s of one form; the loss before it, a float."""
        arrays = map(ops.convert_to_tensor, stack_episodes(episodes))
        return float(np.asarray(ops.convert_to_numpy(self._step(*arrays))))
