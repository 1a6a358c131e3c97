"""The error signal carried down as a contrast between the examples of a batch."""

import keras
from keras import ops

from learned_update.layers.parts import NEUTRAL, PACKAGE
from learned_update.ops.error_signal import contrasted


@keras.saving.register_keras_serializable(PACKAGE)
class Contrast(keras.layers.Layer):
    """delta_c - s_c (mean of delta_c over the batch), s learned from zero.

    At s = 0 a channel carries what every example adds by itself, at s = 1 what sets
    the example apart from the others.

    Args:
        channels: of the error signal.
    """

    def __init__(self, channels, **kwargs):
        super().__init__(autocast=False, **kwargs)
        self.channels = channels

    def build(self, input_shape=None):
        del input_shape
        self.strengths = self.add_weight(
            (self.channels,), initializer="zeros", name=f"{NEUTRAL}_strengths"
        )

    def call(self, delta):
        """What is carried down of an error signal, `(channels, batch, units)`."""
        return contrasted(delta, ops.reshape(self.strengths, (-1, 1, 1)))

    def get_config(self):
        return {**super().get_config(), "channels": self.channels}
