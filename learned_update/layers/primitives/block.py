"""A linear layer with its normalisation and nonlinearity, and chains of blocks."""

import keras
from keras import ops

from learned_update.layers.parts import PACKAGE, deserialize_part, serialize_part
from learned_update.layers.primitives.batch_norm import BatchNorm


@keras.saving.register_keras_serializable(PACKAGE)
class Block(keras.layers.Layer):
    """relu(batchnorm(linear(x))).

    Args:
        linear: a layer on `(channels, batch, units)`: `Linear` looks at one unit and
            example, `Convolution` also at neighbouring examples or units.
        use_scale: whether the normalisation learns a scale.
    """

    def __init__(self, linear, use_scale=False, **kwargs):
        super().__init__(autocast=False, **kwargs)
        self.linear = linear
        self.norm = BatchNorm(use_scale=use_scale, dtype=self.dtype_policy)

    def build(self, input_shape):
        self.linear.build(input_shape)
        self.norm.build(self.linear.compute_output_shape(input_shape))

    def call(self, x):
        return ops.relu(self.norm(self.linear(x)))

    def compute_output_shape(self, input_shape):
        return self.linear.compute_output_shape(input_shape)

    def get_config(self):
        return {
            **super().get_config(),
            "linear": serialize_part(self.linear),
            "use_scale": self.norm.use_scale,
        }

    @classmethod
    def from_config(cls, config):
        linear = deserialize_part(config.pop("linear"))
        return cls(linear=linear, **config)


@keras.saving.register_keras_serializable(PACKAGE)
class Chain(keras.layers.Layer):
    """Layers on `(channels, batch, units)`, one after the other.

    Args:
        layers: the layers, first to last.
    """

    def __init__(self, layers, **kwargs):
        super().__init__(autocast=False, **kwargs)
        self.layers = list(layers)

    def build(self, input_shape):
        for layer in self.layers:
            layer.build(input_shape)
            input_shape = layer.compute_output_shape(input_shape)

    def call(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def compute_output_shape(self, input_shape):
        for layer in self.layers:
            input_shape = layer.compute_output_shape(input_shape)
        return input_shape

    def get_config(self):
        return {
            **super().get_config(),
            "layers": [serialize_part(x) for x in self.layers],
        }

    @classmethod
    def from_config(cls, config):
        layers = [deserialize_part(x) for x in config.pop("layers")]
        return cls(layers=layers, **config)
