"""A linear layer with its normalisation and nonlinearity, and chains of blocks."""

import keras
from keras import ops

from learned_update.layers.parts import (
    NEUTRAL,
    PACKAGE,
    deserialize_part,
    serialize_part,
)
from learned_update.layers.primitives.batch_norm import BatchNorm
from learned_update.ops.channels import per_channel


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
class TimedBlock(Block):
    """relu(n (1 + scale^T tau) + offset^T tau), n = batchnorm(linear(x)).

    tau are functions of time, the last of what it is called with. They come after the
    normalisation, which takes away what is the same for all units and examples. Both
    maps start at zero: a `Block`.

    Args:
        linear: as of `Block`.
        functions: how many functions of time.
        use_scale: as of `Block`.
    """

    def __init__(self, linear, functions, use_scale=False, **kwargs):
        super().__init__(linear, use_scale, **kwargs)
        self.functions = functions

    def build(self, input_shape):
        super().build(input_shape)
        channels = self.compute_output_shape(input_shape)[0]
        self.scale_map, self.offset_map = (
            self.add_weight(
                (self.functions, channels),
                initializer="zeros",
                name=f"{NEUTRAL}_{name}_map",
            )
            for name in ("scale", "offset")
        )

    def call(self, x):
        *x, time = x
        normal = self.norm(self.linear(tuple(x)))
        time = ops.expand_dims(time, 1)  # (functions, 1)
        scale, offset = (
            per_channel(ops.sum(time * each, axis=0), normal)
            for each in (self.scale_map, self.offset_map)
        )
        return ops.relu(normal * (1.0 + scale) + offset)

    def get_config(self):
        return {**super().get_config(), "functions": self.functions}


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
