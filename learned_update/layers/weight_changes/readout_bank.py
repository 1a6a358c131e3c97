"""Named linear readouts of one side's unit states, in one matrix product."""

import keras
from keras import ops

from learned_update.layers.parts import PACKAGE
from learned_update.ops.channels import map_channels, per_channel


@keras.saving.register_keras_serializable(PACKAGE)
class ReadoutBank(keras.layers.Layer):
    """{name: kernel_name^T x + offset_name}, computed together.

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
                    (input_shape[0], self.rank),
                    initializer="zeros",
                    name=f"{name}_kernel",
                )
            )
            self.offsets.append(
                self.add_weight(
                    (self.rank,), initializer="zeros", name=f"{name}_offset"
                )
            )

    def call(self, states, spread=None):
        """The readouts by name, `(rank * rows, units)` each.

        Args:
            states: unit states of one or several levels, `(channels, rows, units)`.
            spread: function of as many tensors, which is applied to what is read out:
                to fewer channels than there are states; None for one level as it is.
        """
        if not self.names:
            return {}
        kernel = ops.concatenate(self.kernels, axis=-1)
        offset = ops.concatenate(self.offsets)
        read = []
        for x in states:
            y = map_channels(kernel, x)
            read.append(y + per_channel(offset, y))
        y = read[0] if spread is None else spread(*read)
        _, rows, units = ops.shape(y)
        y = ops.reshape(y, (len(self.names), self.rank * rows, units))
        parts = ops.unstack(y, len(self.names), axis=0)
        return dict(zip(self.names, parts, strict=True))

    def get_config(self):
        return {**super().get_config(), "names": self.names, "rank": self.rank}
