"""An encoder with positions as a plain Keras model, of Keras' own layers alone."""

import keras
import numpy as np

from learned_update.export.encoders.keras_encoder import own_name
from learned_update.export.encoders.wired_encoder import emit
from learned_update.files import atomic_path
from learned_update.layers.bases.wired import step


class KerasEmitter:
    """Makes Keras layers, see `wired_encoder.emit`.

    Args:
        activation: one of Keras' own, or `step`.
        dtype: of the weights.

    Raises:
        ValueError: Keras alone does not know the activation.
    """

    def __init__(self, activation, dtype):
        self.is_step = activation is step
        self.name = "relu" if self.is_step else own_name(activation)
        self.dtype = dtype

    def standardise(self, x, centre, factor, rest):
        x = keras.layers.Rescaling(1.0, -centre, dtype=self.dtype)(x)
        return keras.layers.Rescaling(factor, -rest, dtype=self.dtype)(x)

    def image(self, x, shape):
        return keras.layers.Reshape(shape, dtype=self.dtype)(x)

    def convolution(self, x, kernel, bias, stride, geometry):
        padding = [(axis.before, axis.after) for axis in geometry]
        if padding != [(0, 0), (0, 0)]:
            x = keras.layers.ZeroPadding2D(padding, dtype=self.dtype)(x)
        layer = keras.layers.Conv2D(
            kernel.shape[-1], kernel.shape[:2], stride, "valid", dtype=self.dtype
        )
        return self._weighted(layer, x, kernel, bias)

    def pool(self, x, size):
        return keras.layers.AveragePooling2D(size, dtype=self.dtype)(x)

    def tokens(self, x, count):
        return keras.layers.Reshape((count, -1), dtype=self.dtype)(x)

    def dense(self, x, kernel, bias):
        layer = keras.layers.Dense(kernel.shape[-1], dtype=self.dtype)
        return self._weighted(layer, x, kernel, bias)

    def lookup(self, x, kernel):
        layer = keras.layers.Embedding(*kernel.shape, dtype=self.dtype)
        return self._weighted(layer, x, kernel)

    def shifted(self, x, bias):
        units = bias.shape[-1]
        layer = keras.layers.EinsumDense(
            "bti,io->bto", bias.shape, bias_axes="to", dtype=self.dtype
        )
        return self._weighted(layer, x, np.eye(units, dtype=bias.dtype), bias)

    def attend(self, query, key, value):
        scores = keras.layers.Dot((2, 2), dtype=self.dtype)([query, key])
        scale = np.full(1, query.shape[-1] ** -0.5, self.dtype)  # a float is float32
        scores = keras.layers.Rescaling(scale, dtype=self.dtype)(scores)
        weights = keras.layers.Softmax(dtype=self.dtype)(scores)
        return keras.layers.Dot((2, 1), dtype=self.dtype)([weights, value])

    def add(self, x, y):
        return keras.layers.Add(dtype=self.dtype)([x, y])

    def activation(self, x):
        x = keras.layers.Activation(self.name, dtype=self.dtype)(x)
        return keras.ops.sign(x) if self.is_step else x

    def mean(self, x):
        if len(x.shape) == 4:
            return keras.layers.GlobalAveragePooling2D(dtype=self.dtype)(x)
        return keras.layers.GlobalAveragePooling1D(dtype=self.dtype)(x)

    def flatten(self, x):
        return keras.layers.Flatten(dtype=self.dtype)(x)

    def concatenate(self, parts):
        return keras.layers.Concatenate(dtype=self.dtype)(parts)

    def _weighted(self, layer, x, *weights):
        y = layer(x)
        layer.set_weights(weights)
        return y


def write_wired_keras(encoder, path):
    """Writes a `WiredEncoder` to a `.keras` file, all or nothing."""
    dtype = str(encoder.folded.layers[0].kernel.dtype)
    inputs = encoder.base.inputs(len(encoder.folded.layers[0].kernel))
    x = keras.Input((inputs,), dtype=dtype, name="x")
    emitter = KerasEmitter(encoder.base.activation, dtype)
    model = keras.Model(x, emit(encoder, emitter, x), name="encoder")
    with atomic_path(path) as temporary:
        model.save(temporary)
