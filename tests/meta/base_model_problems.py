"""Unrolls of convolutions and of attention: loss, gradient by theta, one inner step.

`python -m tests.meta.base_model_problems PATH` writes the inner steps, so that backends
can be compared.
"""

import sys

import keras
import numpy as np
from keras import ops

import learned_update as lu
from learned_update import backend
from tests.layers.base_models import attention, conv, images
from tests.rules_and_bases import neuron_local

CLASSES, ROWS, STEPS = 3, 6, 3
SHAPE = (5, 4, 2)
PROBLEMS = {
    "conv": lambda: conv(
        (4, 3), SHAPE, kernel_sizes=(3, 2), strides=(2, 1), pooling=(1, 2)
    ),
    "attention": lambda: attention((4, 3), tokens=4, waves=2),
}


class Problem:
    """The meta-objective of an unroll as a function of theta.

    Args:
        name: of `PROBLEMS`.
    """

    def __init__(self, name):
        self.base = PROBLEMS[name]()
        self.rule = neuron_local()
        self.phi = self.base.init_phi(40, 2)
        self.batches = np.stack([images(ROWS, SHAPE, seed) for seed in range(STEPS)])
        labels = np.tile(np.arange(CLASSES), 4)
        self.task = images(12, SHAPE, 9) + labels[:, None]
        self.targets = np.eye(CLASSES)[labels[:6]]
        self.theta = [
            ops.convert_to_tensor(variable)
            for variable in self.rule.trainable_variables
        ]

    def loss(self, theta):
        """`(loss, ())` after the unroll."""
        phi = self.phi
        for x in self.batches:
            phi = lu.inner_step(self.rule, self.base, phi, x, theta=theta)
        features = self.base.embed(phi, self.task)
        loss, _ = lu.meta_objective(
            features[:6], self.targets, features[6:], self.targets
        )
        return loss, ()

    def gradient(self):
        """By theta, one tensor per variable."""
        _, gradients = backend.value_and_grad(self.loss)(self.theta)
        return [ops.convert_to_numpy(g) for g in gradients]


def inner_steps():
    """`{name: array}` of phi after one inner step of every problem."""
    found = {}
    for name in PROBLEMS:
        problem = Problem(name)
        phi = lu.inner_step(problem.rule, problem.base, problem.phi, problem.batches[0])
        for index, leaf in enumerate(keras.tree.flatten(phi)):
            found[f"{name} {index}"] = ops.convert_to_numpy(leaf)
    return found


if __name__ == "__main__":
    np.savez(sys.argv[1], **inner_steps())
