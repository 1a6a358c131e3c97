"""From a code back to the inputs."""

import keras

from learned_update.baselines.shared.seeds import derived_seed, glorot
from learned_update.baselines.shared.trainable_base import TrainableBase, plain_base

_HIDDEN, _OUTPUT = range(2)  # keys of the seeds


class Decoder(keras.layers.Layer):
    """The hidden layers of a base model from top to bottom, then a linear layer.

    Args:
        base: `BaseMLP` of the encoder.
        inputs: width of what is decoded.
        seed: of the initial weights.
    """

    def __init__(self, base, inputs, seed, **kwargs):
        super().__init__(**kwargs)
        mirrored = base.units[-2::-1]
        self.hidden = []
        if len(base.units) > 1:
            hidden = plain_base(mirrored, base.activation)
            self.hidden = [TrainableBase(hidden, derived_seed(seed, _HIDDEN))]
        self.output_layer = keras.layers.Dense(
            inputs, kernel_initializer=glorot(seed, _OUTPUT)
        )

    def call(self, code):
        for layer in self.hidden:
            code = layer(code)
        return self.output_layer(code)
