"""A linear map of the last axis."""

import keras
from keras import ops

from learned_update.layers.parts import PACKAGE


@keras.saving.register_keras_serializable(PACKAGE)
class Linear(keras.layers.Layer):
    """y = x kernel + offset.

    Args:
        channels: size of the last axis of y.
        use_offset: whether to add `offset`.
        from_zero: whether the kernel starts at zero; else it is drawn with theta.
    """

    def __init__(self, channels, use_offset=True, from_zero=False, **kwargs):
        super().__init__(autocast=False, **kwargs)
        self.channels = channels
        self.use_offset = use_offset
        self.from_zero = from_zero

    def build(self, input_shape):
        name = "kernel_from_zero" if self.from_zero else "kernel"
        self.kernel = self.add_weight(
            (input_shape[-1], self.channels), initializer="zeros", name=name
        )
        if self.use_offset:
            self.offset = self.add_weight(
                (self.channels,), initializer="zeros", name="offset"
            )

    def call(self, x):
        y = ops.matmul(x, self.kernel)
        return y + self.offset if self.use_offset else y

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.channels)

    def get_config(self):
        return {
            **super().get_config(),
            "channels": self.channels,
            "use_offset": self.use_offset,
            "from_zero": self.from_zero,
        }


@keras.saving.register_keras_serializable(PACKAGE)
class UnitLinear(Linear):
    """A linear map of channels per unit and channels per example and unit, joined.

    y = [unit channels repeated for every example, example channels] kernel, computed
    without repeating them.

    Args:
        channels: size of the last axis of y.
    """

    def __init__(self, channels, use_offset=False, **kwargs):
        super().__init__(channels, use_offset, **kwargs)

    def call(self, features):
        per_unit, per_example = features
        split = per_unit.shape[-1]
        of_unit = ops.matmul(per_unit, self.kernel[:split])  # (units, channels)
        of_example = ops.matmul(per_example, self.kernel[split:])
        y = of_example + ops.expand_dims(of_unit, 0)
        return y + self.offset if self.use_offset else y
