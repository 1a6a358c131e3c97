"""VSML-like message passing: every synapse is a tiny recurrent network."""

import gin
import keras
import numpy as np
from keras import ops

from learned_update.layers.bases.wired import truncated_normal
from learned_update.layers.local_rules.feedback.signals import normalised, top_signal
from learned_update.layers.local_rules.layer_view import LocalChange
from learned_update.layers.local_rules.local_rule import LocalRule
from learned_update.layers.local_rules.presynaptic import outer, unit_variance
from learned_update.layers.parts import PACKAGE
from learned_update.randomness import generator

CELLS = ("cell_0", "cell_1")  # what a synapse remembers beyond W and V
STATES = 2 + len(CELLS)
FEATURES = STATES + 3  # W, V, cells, two correlations, 1
CORRELATION, TOLD = STATES, STATES + 1  # places among the features


def synapse_step(features, first, second, skip):
    """skip features + second tanh(first features): one network for all synapses.

    Args:
        features: `(inputs, units, features)`.
        first: `(features, hidden)`.
        second: `(hidden, states)`.
        skip: `(features, states)`.

    Returns:
        What is added to the states of every synapse, `(inputs, units, states)`.
    """
    hidden = ops.tanh(ops.matmul(features, first))
    return ops.matmul(features, skip) + ops.matmul(hidden, second)


@gin.register(module="learned_update")
@keras.saving.register_keras_serializable(PACKAGE)
class Vsml(LocalRule):
    """Synapses with states of their own, one small network for all, messages both ways.

    After Kirsch and Schmidhuber, Meta learning backpropagation and improving it
    (2021). A synapse's states are its weight, which makes the forward message, its
    feedback weight, which makes the backward one, and two cells. The network sees the
    states, E[x y] and E[x told] of what comes from both sides, where they run one for
    every example in the paper; its states are not gated. There are no published
    constants: at the initial theta weights follow E[x told] with a decay, the cells
    are still, and what the network's hidden units add is 0.

    Args:
        rate: of all states.
        hidden: units of the network's hidden layer, not trained.
        seed: of the kernel of the hidden layer.
    """

    sees = "pre, post, backward messages, states of the synapse"
    state = tuple((name, "io", 0.0) for name in CELLS)

    def __init__(self, rate=0.1, hidden=8, seed=0, **kwargs):
        self._hidden = hidden
        super().__init__({"rate": rate}, seed=seed, **kwargs)

    def build(self, input_shape=None):
        if self.built:
            return
        rng = generator(self.seed)
        shape = (FEATURES, self._hidden)
        skip = np.zeros((FEATURES, STATES))
        skip[:STATES] = -np.eye(STATES)
        skip[TOLD, :2] = 1.0
        zeros = np.zeros((self._hidden, STATES))
        drawn = truncated_normal(rng, shape, FEATURES**-0.5)
        self.first = self._weight(drawn, "first")
        self.second = self._weight(zeros, "second")
        self.skip = self._weight(skip, "skip")
        super().build(input_shape)

    def _weight(self, value, name):
        variable = self.add_weight(value.shape, keras.initializers.Zeros(), name=name)
        variable.assign(value)
        return variable

    def layer_changes(self, constants, views):
        network = [
            ops.convert_to_tensor(part) for part in (self.first, self.second, self.skip)
        ]
        told, changes = top_signal(views[-1].z), []
        for view in reversed(views):
            inputs = ops.cast(ops.shape(view.x)[1], view.x.dtype)
            scale = ops.sqrt(inputs)
            x = unit_variance(view.x)
            cells = [view.state[name] for name in CELLS]
            features = [scale * view.weights, scale * view.feedback, *cells]
            features += [outer(x, normalised(view.y)), outer(x, told)]
            features.append(ops.ones_like(features[0]))
            steps = synapse_step(ops.stack(features, axis=-1), *network)
            moved = {
                name: cell + constants["rate"] * steps[..., 2 + place]
                for place, (name, cell) in enumerate(zip(CELLS, cells, strict=True))
            }
            weights, feedback = steps[..., 0] / scale, steps[..., 1] / scale
            changes.append(LocalChange(weights, feedback=feedback, state=moved))
            active = ops.cast(view.x != 0, view.x.dtype)
            told = ops.matmul(told, ops.transpose(view.feedback))
            told = normalised(active * told)
        return changes[::-1]

    def get_config(self):
        return {**super().get_config(), "hidden": self._hidden}
