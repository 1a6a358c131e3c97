"""Momentum of the inner step: a slot per parameter, how much of it is learned."""

import keras
import numpy as np
from keras import ops

from learned_update.errors import invalid
from learned_update.layers.parts import NEUTRAL, PACKAGE
from learned_update.ops.stepping.momentum import slow_average, with_momentum

SLOT = "{}_momentum"  # in phi's state, of kernel, bias and feedback


@keras.saving.register_keras_serializable(PACKAGE)
class Momentum(keras.layers.Layer):
    """m <- decay m + (1 - decay) change; the step goes along change + s (m - change).

    s = tanh(strength) is learned, one for kernels and one for biases, and starts at
    0: no momentum. So are the decays, sigmoids of logits. What the step goes along is
    bounded as changes are.

    Args:
        decay: of the averages, at the initial theta.
        own_feedback: whether feedback kernels have changes of their own, hence a slot.

    Raises:
        ValueError: the decay is not between 0 and 1.
    """

    def __init__(self, decay=0.9, own_feedback=False, **kwargs):
        super().__init__(autocast=False, **kwargs)
        if not 0.0 < decay < 1.0:
            raise invalid(
                "The decay of a momentum is out of its range.",
                expected="0 < decay < 1",
                received=f"decay={decay}",
                remedy="0.9 averages about ten steps.",
            )
        self.decay = float(decay)
        self.own_feedback = own_feedback
        own = (("feedback", "io"),) if own_feedback else ()
        slots = (("kernel", "io"), ("bias", "o"), *own)
        self.state = tuple((SLOT.format(name), axes, 0.0) for name, axes in slots)

    def build(self, input_shape=None):
        del input_shape
        self.strength = self.add_weight(
            (2,), initializer="zeros", name=f"{NEUTRAL}_strength"
        )
        self.decay_logits = self.add_weight(
            (2,),
            initializer=keras.initializers.Constant(
                np.log(self.decay / (1.0 - self.decay))
            ),
            name=f"{NEUTRAL}_decay_logits",
        )

    def call(self, change, state):
        """What a layer's step goes along, and its slots after the step.

        Args:
            change: `LayerParams` of changes.
            state: of the layer, by name.

        Returns:
            `(LayerParams, {name: tensor})`.
        """
        strengths = 2.0 * ops.sigmoid(2.0 * self.strength) - 1.0  # tanh, in any dtype
        decays = ops.sigmoid(self.decay_logits)
        along, slots = {}, {}
        for name, axes, _ in self.state:
            field = name.removesuffix(SLOT.format(""))
            kind = 0 if len(axes) == 2 else 1  # kernels, biases
            new = getattr(change, field)
            slots[name] = slow_average(state[name], new, decays[kind])
            along[field] = with_momentum(new, slots[name], strengths[kind])
        return change._replace(**{"feedback": along["kernel"], **along}), slots

    def get_config(self):
        return {
            **super().get_config(),
            "decay": self.decay,
            "own_feedback": self.own_feedback,
        }
