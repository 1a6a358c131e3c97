"""Small problems whose gradients are known, for estimators; every task is a sample.

As a program it writes to an .npz file what the estimators give for one of them.
"""

import sys

import keras
import numpy as np
from keras import ops

if __name__ == "__main__":
    keras.config.set_floatx("float64")

from learned_update import backend
from learned_update.meta.estimators.mixture import Mixture
from learned_update.meta.estimators.persistent_es import PersistentES
from learned_update.meta.estimators.single_es import SingleES
from learned_update.meta.estimators.truncated_backpropagation import (
    TruncatedBackpropagation,
)
from learned_update.meta.estimators.truncated_es import TruncatedES
from learned_update.types import LayerParams, Phi, TaskBatch, TruncationData

INFINITE = 1e30  # bound of a gradient that is none
SIGMA = 0.05
ESTIMATORS = {
    "truncated backpropagation": TruncatedBackpropagation(INFINITE),
    "truncated ES": TruncatedES(INFINITE, SIGMA),
    "persistent ES": PersistentES(INFINITE, SIGMA),
    "single ES": SingleES(INFINITE, SIGMA),
    "mixture": Mixture(INFINITE, "none", SIGMA),
}
STATES, POSITIVE = 23, 10  # of the influence-balancing problem (Vicol et al., 4.1)


def phi_of(state):
    """A `Phi` that holds states, `(tasks, states)`, in its kernel."""
    state = ops.convert_to_tensor(state)
    return Phi((LayerParams(state, state[:, :1], state[:, :1]),))


class Balancing:
    """Influence balancing: the first state feels theta with the wrong sign at first.

    s <- A s + (theta, .., -theta, ..), loss (s_0 - 1)^2 / 2; A mixes each state with
    the next one by halves.
    """

    theta = (np.array([0.1]),)
    initial = np.zeros(STATES)
    matrix = 0.5 * (np.eye(STATES) + np.eye(STATES, k=1))
    signs = np.where(np.arange(STATES) < POSITIVE, 1.0, -1.0)

    def __call__(self, theta, phi, *_):
        state = ops.matmul(phi.layers[0].kernel, ops.convert_to_tensor(self.matrix.T))
        state = state + theta[0] * ops.convert_to_tensor(self.signs)
        loss = ops.square(state[:, 0] - 1.0) / 2.0
        return phi_of(state), loss, ops.zeros_like(loss)

    def gradient(self, steps):
        """Of the sum of the losses, exactly: forwards, with the derivative of s."""
        state, derivative, total = self.initial, np.zeros(STATES), 0.0
        for _ in range(steps):
            state = self.matrix @ state + self.theta[0] * self.signs
            derivative = self.matrix @ derivative + self.signs
            total += (state[0] - 1.0) * derivative[0]
        return [np.array([total])]


class Smooth:
    """s <- sin(theta_1 s + theta_2), loss the mean of (s - 0.3)^2; two variables."""

    theta = (np.array([[0.4, -0.3], [0.2, 0.5]]), np.array([0.1, -0.2]))
    initial = np.array([0.3, -0.6])

    def __call__(self, theta, phi, *_):
        product = ops.sum(theta[0] * phi.layers[0].kernel[:, None], axis=-1)
        state = backend.sin(product + theta[1])
        loss = ops.sum(ops.square(state - 0.3), axis=-1) / 2.0
        return phi_of(state), loss, ops.zeros_like(loss)

    def loss(self, theta, steps):
        """Sum of the losses, in NumPy."""
        state, total = self.initial, 0.0
        for _ in range(steps):
            state = np.sin(theta[0] @ state + theta[1])
            total += np.mean((state - 0.3) ** 2)
        return total

    def gradient(self, steps, step=1e-6):
        """Of the sum of the losses, by central differences."""
        found = []
        for index, variable in enumerate(self.theta):
            slopes = np.zeros(variable.shape)
            for place in np.ndindex(variable.shape):
                ends = []
                for sign in (1, -1):
                    theta = [x.copy() for x in self.theta]
                    theta[index][place] += sign * step
                    ends.append(self.loss(theta, steps))
                slopes[place] = (ends[0] - ends[1]) / (2 * step)
            found.append(slopes)
        return found


def estimate(estimator, problem, truncations, length, samples, seed):
    """Gradients of the sum of all losses of an unroll, and what is carried at its end.

    Returns:
        `(gradient, carried, losses)`: a list of arrays, means over the samples; the
        tree; and the mean loss of every truncation.
    """
    rng = np.random.default_rng(seed)
    theta = [ops.convert_to_tensor(x) for x in problem.theta]

    def noise():
        drawn = [rng.standard_normal((samples, *x.shape)) for x in problem.theta]
        return tuple(ops.convert_to_tensor(x) for x in drawn)

    batch = TaskBatch(*(np.zeros((length, samples, 1), np.int32) for _ in range(3)))
    total, losses, carried = [0.0] * len(theta), [], None
    for _ in range(truncations):
        drawn = noise()
        if carried is None:
            start = np.tile(problem.initial, (samples, 1))
            carried = estimator.begin(phi_of(start), drawn)
        data = TruncationData((), (), batch, None, drawn)
        result = estimator(problem, theta, carried, data)
        carried = result.phi
        losses.append(float(np.mean(result.loss)))
        total = [
            x + length * ops.convert_to_numpy(g)
            for x, g in zip(total, result.gradient, strict=True)
        ]
    return total, carried, losses


def results():
    """What every estimator gives for the smooth problem, as flat arrays."""
    found = {}
    for name, estimator in ESTIMATORS.items():
        gradient, carried, losses = estimate(estimator, Smooth(), 3, 2, 5, seed=1)
        leaves = [np.asarray(leaf) for leaf in keras.tree.flatten(carried)]
        parts = [np.ravel(x) for x in (*gradient, *leaves, losses)]
        found[name] = np.concatenate(parts)
    return found


if __name__ == "__main__":
    if keras.backend.backend() == "jax":
        sys.modules["tensorflow"] = None  # importing it raises from here on
    np.savez(sys.argv[1], **results())
