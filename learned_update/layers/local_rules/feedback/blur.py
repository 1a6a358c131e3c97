"""BLUR: bidirectional learned update rules."""

import gin
import keras
import numpy as np
from keras import ops

from learned_update.layers.local_rules.feedback.signals import normalised, top_signal
from learned_update.layers.local_rules.layer_view import LocalChange
from learned_update.layers.local_rules.local_rule import LocalRule
from learned_update.layers.local_rules.presynaptic import outer, unit_variance
from learned_update.layers.parts import PACKAGE

FORWARD, BACKWARD = 0, 1  # the two states of a unit


def backward_state(states, feedback, genome):
    """What the units below are told: sum_d genome_d (state_d v^T), normalised.

    Args:
        states: the two states of the units above, `(batch, units)` each.
        feedback: v, `(inputs, units)`.
        genome: `(2,)`.

    Returns:
        `(batch, inputs)`, root mean square 1.
    """
    sent = genome[FORWARD] * states[FORWARD] + genome[BACKWARD] * states[BACKWARD]
    return normalised(ops.matmul(sent, ops.transpose(feedback)))


def synapse_change(below, above, genome):
    """sum_cd genome_cd E[below_c above_d^T] (Sandler et al. 2021, synapse update).

    Args:
        below: the two states of the inputs, `(batch, inputs)` each.
        above: the two states of the units, `(batch, units)` each.
        genome: `(2, 2)`.

    Returns:
        `(inputs, units)`.
    """
    change = 0.0
    for c in (FORWARD, BACKWARD):
        mixed = genome[c, FORWARD] * above[FORWARD]
        change += outer(below[c], mixed + genome[c, BACKWARD] * above[BACKWARD])
    return change


@gin.register(module="learned_update")
@keras.saving.register_keras_serializable(PACKAGE)
class Blur(LocalRule):
    """Units with two states, forward and backward; a genome mixes them into changes.

    Sandler et al., Meta-learning bidirectional update rules (2021), with two states.
    The genome begins at the one that the paper says is backpropagation's: synapses
    change by the forward state below times the backward state above, and the backward
    state comes from the one above. The backward state of the top layer takes the
    place of the labels' error: who wins an example, more than usual. Forward and
    feedback weights have one genome; states have root mean square 1, and the backward
    one is 0 where a unit is.

    Args:
        rate: of weights and feedback.
        forget: of both, relative to the rate.
    """

    sees = "pre, post, backward states through feedback weights"

    def __init__(self, rate=0.1, forget=1.0, **kwargs):
        super().__init__({"rate": rate, "forget": forget}, **kwargs)

    def build(self, input_shape=None):
        if self.built:
            return
        self.backward_genome = self._genome((2,), (BACKWARD,), "backward_genome")
        place = FORWARD, BACKWARD
        self.synapse_genome = self._genome((2, 2), place, "synapse_genome")
        super().build(input_shape)

    def _genome(self, shape, one, name):
        genome = np.zeros(shape)
        genome[one] = 1.0
        initializer = keras.initializers.Zeros()
        variable = self.add_weight(shape, initializer, name=name)
        variable.assign(genome)
        return variable

    def layer_changes(self, constants, views):
        genome = ops.convert_to_tensor(self.synapse_genome)
        backward_genome = ops.convert_to_tensor(self.backward_genome)
        above = normalised(views[-1].y), top_signal(views[-1].z)
        changes = []
        for view in reversed(views):
            backward = backward_state(above, view.feedback, backward_genome)
            below = unit_variance(view.x), backward
            change = synapse_change(below, above, genome)
            inputs = ops.cast(ops.shape(view.x)[1], view.x.dtype)
            change = change * ops.rsqrt(inputs)
            changes.append(
                LocalChange(
                    change - constants["forget"] * view.weights,
                    feedback=change - constants["forget"] * view.feedback,
                )
            )
            active = ops.cast(view.x != 0, view.x.dtype)
            above = normalised(view.x), normalised(active * backward)
        return changes[::-1]
