"""Layers through which the states of units and examples see one another."""

import keras
from keras import ops

from learned_update import backend
from learned_update.layers.parts import PACKAGE
from learned_update.layers.primitives.batch_norm import BatchNorm
from learned_update.layers.primitives.block import Block
from learned_update.layers.primitives.convolution import Convolution
from learned_update.layers.primitives.linear import Linear

RMS_EPSILON = 1e-6  # keeps the root of a mean square differentiable at zero


@keras.saving.register_keras_serializable(PACKAGE)
class ConvolutionMixing(keras.layers.Layer):
    """h + two convolution blocks along the unit index (released: ConcatUnitConv).

    Args:
        channels: of h.
        kernel_size: taps along the units.
    """

    def __init__(self, channels=64, kernel_size=3, **kwargs):
        super().__init__(autocast=False, **kwargs)
        self.channels = channels
        self.kernel_size = kernel_size
        self.blocks = [
            Block(
                Convolution(channels, kernel_size, axis=2, dtype=self.dtype_policy),
                dtype=self.dtype_policy,
            )
            for _ in range(2)
        ]

    def build(self, input_shape):
        for block in self.blocks:
            block.build(input_shape)

    def call(self, h):
        mixed = h
        for block in self.blocks:
            mixed = block(mixed)
        return h + mixed

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {
            **super().get_config(),
            "channels": self.channels,
            "kernel_size": self.kernel_size,
        }


@keras.saving.register_keras_serializable(PACKAGE)
class MomentMixing(keras.layers.Layer):
    """h + relu(batchnorm(dense(h) + linear maps of the moments of h)).

    The moments are mean and root mean square over the batch (per unit), the same
    over the units (per example), and the mean over both: equivariant to the order of
    units and of examples (neuron_local).

    Args:
        channels: of h.
    """

    def __init__(self, channels=16, **kwargs):
        super().__init__(autocast=False, **kwargs)
        self.channels = channels
        self.own = self._map()
        self.over_batch = self._map()
        self.over_units = self._map()
        self.over_both = self._map()
        self.norm = BatchNorm(use_scale=True, dtype=self.dtype_policy)

    def _map(self):  # without offset, which the normalisation would cancel
        return Linear(self.channels, use_offset=False, dtype=self.dtype_policy)

    def build(self, input_shape):
        channels = input_shape[0]
        self.own.build(input_shape)
        self.over_batch.build((2 * channels, None, None))
        self.over_units.build((2 * channels, None, None))
        self.over_both.build((channels, None, None))
        self.norm.build(input_shape)

    def call(self, h):
        squares = ops.square(h)
        over_batch = _moments(h, squares, axis=1)  # (2 channels, 1, units)
        over_units = _moments(h, squares, axis=2)  # (2 channels, batch, 1)
        over_both = backend.mean(over_units[: self.channels], axis=1, keepdims=True)
        per_unit = self.over_batch(over_batch) + self.over_both(over_both)
        mixed = self.own(h) + per_unit + self.over_units(over_units)
        return h + ops.relu(self.norm(mixed))

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "channels": self.channels}


def _moments(h, squares, axis):
    mean = backend.mean(h, axis=axis, keepdims=True)
    mean_square = backend.mean(squares, axis=axis, keepdims=True)
    return ops.concatenate([mean, ops.sqrt(mean_square + RMS_EPSILON)], axis=0)
