"""A linear map of the channels, the first axis."""

import keras
from keras import ops

from learned_update.layers.parts import NEUTRAL, PACKAGE
from learned_update.ops.channels import map_channels, per_channel


@keras.saving.register_keras_serializable(PACKAGE)
class Linear(keras.layers.Layer):
    """y = kernel^T x + offset, over the first axis of x.

    Args:
        channels: size of the first axis of y.
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
            (input_shape[0], self.channels), initializer="zeros", name=name
        )
        if self.use_offset:
            self.offset = self.add_weight(
                (self.channels,), initializer="zeros", name="offset"
            )

    def call(self, x):
        return self._with_offset(map_channels(self.kernel, x))

    def _with_offset(self, y):
        return y + per_channel(self.offset, y) if self.use_offset else y

    def compute_output_shape(self, input_shape):
        return (self.channels, *input_shape[1:])

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

    y = kernel^T [unit channels repeated for every example, example channels], computed
    without repeating them. Further channels per unit come through a kernel of their
    own, which starts at zero.

    Args:
        channels: size of the first axis of y.
        further: number of further channels per unit.
    """

    def __init__(self, channels, use_offset=False, further=0, **kwargs):
        super().__init__(channels, use_offset, **kwargs)
        self.further = further

    def build(self, input_shape):
        super().build(input_shape)
        if self.further:
            self.further_kernel = self.add_weight(
                (self.further, self.channels),
                initializer="zeros",
                name=f"{NEUTRAL}_kernel",
            )

    def call(self, features):
        per_unit, per_example, *further = features
        split = per_unit.shape[0]
        of_unit = map_channels(self.kernel[:split], per_unit)  # (channels, units)
        for channels in further:
            of_unit = of_unit + map_channels(self.further_kernel, channels)
        of_example = map_channels(self.kernel[split:], per_example)
        return self._with_offset(of_example + ops.expand_dims(of_unit, 1))

    def get_config(self):
        return {**super().get_config(), "further": self.further}
