"""Named linear readouts of one side's unit states, in one matrix product."""

import keras
from keras import ops

from learned_update.layers.parts import PACKAGE


@keras.saving.register_keras_serializable(PACKAGE)
class ReadoutBank(keras.layers.Layer):
    """{name: x kernel_name + offset_name}, computed together.

    One product instead of many makes the backward pass about three times faster.

    Args:
        names: of the readouts.
        rank: channels of each.
    """

    def __init__(self, names, rank, **kwargs):
        super().__init__(autocast=False, **kwargs)
        self.names = tuple(names)
        self.rank = rank

    def build(self, input_shape):
        self.kernels, self.offsets = [], []
        for name in self.names:
            self.kernels.append(
                self.add_weight(
                    (input_shape[-1], self.rank),
                    initializer="zeros",
                    name=f"{name}_kernel",
                )
            )
            self.offsets.append(
                self.add_weight(
                    (self.rank,), initializer="zeros", name=f"{name}_offset"
                )
            )

    def call(self, x):
        """The readouts by name, `(units, batch * rank)` each."""
        if not self.names:
            return {}
        kernel = ops.concatenate(self.kernels, axis=-1)
        y = ops.matmul(x, kernel) + ops.concatenate(self.offsets, axis=-1)
        batch, units = ops.shape(x)[0], ops.shape(x)[1]
        y = ops.reshape(y, (batch, units, len(self.names), self.rank))
        y = ops.transpose(y, (2, 1, 0, 3))  # (names, units, batch, rank)
        y = ops.reshape(y, (len(self.names), units, batch * self.rank))
        parts = ops.unstack(y, len(self.names), axis=0)
        return dict(zip(self.names, parts, strict=True))

    def get_config(self):
        return {**super().get_config(), "names": self.names, "rank": self.rank}
