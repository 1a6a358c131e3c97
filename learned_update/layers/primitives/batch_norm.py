"""Batch normalisation of theta's networks, always with the current statistics."""

import keras
from keras import ops

from learned_update import backend
from learned_update.layers.parts import PACKAGE
from learned_update.ops.channels import per_channel


@keras.saving.register_keras_serializable(PACKAGE)
class BatchNorm(keras.layers.Layer):
    """y = scale (x - m) / sqrt(v + epsilon) + offset, m and v over axes 1 and 2.

    There are no moving averages (released_rule, section 2). The variance is the mean
    square minus the squared mean: a quarter faster, and exact enough beside epsilon.

    Args:
        use_scale: whether `scale` is learned (neuron_local) or absent (released).
        epsilon: added to the variance.
    """

    def __init__(self, use_scale=False, epsilon=1e-3, **kwargs):
        super().__init__(autocast=False, **kwargs)
        self.use_scale = use_scale
        self.epsilon = epsilon

    def build(self, input_shape):
        shape = (1, 1, input_shape[0])  # as in the authors' checkpoint
        self.offset = self.add_weight(shape, initializer="zeros", name="offset")
        if self.use_scale:
            self.scale = self.add_weight(shape, initializer="ones", name="scale")

    def call(self, x):
        mean = backend.mean(x, axis=(1, 2), keepdims=True)
        mean_square = backend.mean(ops.square(x), axis=(1, 2), keepdims=True)
        variance = ops.relu(mean_square - ops.square(mean))
        scale = ops.rsqrt(variance + self.epsilon)
        if self.use_scale:
            scale = scale * per_channel(self.scale, x)
        return x * scale + (per_channel(self.offset, x) - mean * scale)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {
            **super().get_config(),
            "use_scale": self.use_scale,
            "epsilon": self.epsilon,
        }
