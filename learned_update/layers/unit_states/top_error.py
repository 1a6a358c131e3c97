"""Where the error signal begins: a network on the top layer's activity."""

import keras
from keras import ops

from learned_update.layers.parts import PACKAGE
from learned_update.layers.primitives.block import Block, Chain
from learned_update.layers.primitives.convolution import Convolution
from learned_update.layers.primitives.linear import Linear
from learned_update.layers.unit_states.mixing import MomentMixing


@keras.saving.register_keras_serializable(PACKAGE)
class ConvolutionTopError(keras.layers.Layer):
    """Convolutions along the batch, two of them with the units as channels.

    The shape of theta depends on the width of the embedding (released_rule,
    section 3).

    Args:
        embedding_units: width of the embedding.
        channels: S of the specification.
        delta_channels: D, channels of the error.
        depth: number of blocks after those over units.
    """

    def __init__(
        self, embedding_units=32, channels=64, delta_channels=32, depth=2, **kwargs
    ):
        super().__init__(autocast=False, **kwargs)
        self.embedding_units = embedding_units
        self.channels = channels
        self.delta_channels = delta_channels
        self.depth = depth
        self.first = self._block(channels, kernel_size=5)
        self.over_units = Chain([self._block(embedding_units) for _ in range(2)])
        self.last = Chain(
            [
                *(self._block(channels) for _ in range(depth)),
                Convolution(delta_channels, dtype=self.dtype_policy),
            ]
        )

    def _block(self, channels, kernel_size=3):
        convolution = Convolution(channels, kernel_size, dtype=self.dtype_policy)
        return Block(convolution, dtype=self.dtype_policy)

    def build(self, input_shape):
        del input_shape
        self.first.build((1, None, None))
        self.over_units.build((self.embedding_units, None, None))
        self.last.build((self.channels, None, None))

    def call(self, activity):
        h = self.first(activity[:1])  # x_L -> (channels, batch, units)
        h = self.over_units(ops.transpose(h, (2, 1, 0)))  # (units, batch, channels)
        return self.last(ops.transpose(h, (2, 1, 0)))

    def get_config(self):
        return {
            **super().get_config(),
            "embedding_units": self.embedding_units,
            "channels": self.channels,
            "delta_channels": self.delta_channels,
            "depth": self.depth,
        }


@keras.saving.register_keras_serializable(PACKAGE)
class LocalTopError(keras.layers.Layer):
    """A network per unit and example, mixed by moments: fits any embedding width.

    Args:
        channels: of the hidden states.
        delta_channels: D, channels of the error.
    """

    embedding_units = None

    def __init__(self, channels=16, delta_channels=8, **kwargs):
        super().__init__(autocast=False, **kwargs)
        self.channels = channels
        self.delta_channels = delta_channels
        dtype = self.dtype_policy
        first = Linear(channels, use_offset=False, dtype=dtype)
        self.network = Chain(
            [
                Block(first, use_scale=True, dtype=dtype),
                MomentMixing(channels, dtype=dtype),
                Linear(delta_channels, dtype=dtype),
            ],
            dtype=dtype,
        )

    def build(self, input_shape):
        self.network.build(input_shape)

    def call(self, activity):
        return self.network(activity)

    def get_config(self):
        return {
            **super().get_config(),
            "channels": self.channels,
            "delta_channels": self.delta_channels,
        }
