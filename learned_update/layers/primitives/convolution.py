"""A convolution along the batch or the units."""

import keras

from learned_update.errors import invalid
from learned_update.layers.parts import PACKAGE
from learned_update.ops.channels import convolve, per_channel


@keras.saving.register_keras_serializable(PACKAGE)
class Convolution(keras.layers.Layer):
    """y[:, t] = sum_i kernel[i]^T x[:, t + i - (k-1)/2] + offset, zeros outside.

    Written as matrix products: inside loops they are several times faster than a
    convolution under XLA on CPU (released_rule, section 2).

    Args:
        channels: size of the first axis of y.
        kernel_size: k, odd.
        axis: that t counts: 1, the batch, or 2, the units.

    Raises:
        ValueError: `kernel_size` is even.
    """

    def __init__(self, channels, kernel_size=3, axis=1, **kwargs):
        super().__init__(autocast=False, **kwargs)
        if kernel_size % 2 == 0:
            raise invalid(
                "A centred convolution needs a middle tap.",
                expected="an odd kernel_size",
                received=f"kernel_size={kernel_size}",
                remedy="Use 1, 3 or 5.",
            )
        self.channels = channels
        self.kernel_size = kernel_size
        self.axis = axis

    def build(self, input_shape):
        self.kernel = self.add_weight(
            (self.kernel_size, input_shape[0], self.channels),
            initializer="zeros",
            name="kernel",
        )
        self.offset = self.add_weight(
            (self.channels,), initializer="zeros", name="offset"
        )

    def call(self, x):
        y = convolve(self.kernel, x, self.axis)
        return y + per_channel(self.offset, y)

    def compute_output_shape(self, input_shape):
        return (self.channels, *input_shape[1:])

    def get_config(self):
        return {
            **super().get_config(),
            "channels": self.channels,
            "kernel_size": self.kernel_size,
            "axis": self.axis,
        }
