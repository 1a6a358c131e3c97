"""The base model as a Keras layer that gradients can train."""

import itertools

import keras

from learned_update.baselines.shared.seeds import glorot
from learned_update.layers import BaseMLP
from learned_update.types import LayerParams, Phi

EPSILON = 1e-4  # added to batch variances, as in neuron_local; bounds the gradients


def plain_base(units, activation):
    """The `BaseMLP` of these widths, with kernels at the scale that Adam is used to."""
    return BaseMLP(units, activation, epsilon=EPSILON)


class TrainableBase(keras.layers.Layer):
    """z_l = batchnorm(x_l W_l) + b_l, x_{l+1} = act(z_l), with variables for W and b.

    The architecture of `BaseMLP`, the top layer included; only the initial scale of
    the kernels differs, which the batch normalisation takes out. It always normalises
    with the statistics of its batch.

    Args:
        base: `BaseMLP`.
        seed: of the initial kernels.
    """

    def __init__(self, base, seed, **kwargs):
        super().__init__(**kwargs)
        self.base = base
        self.seed = seed

    def build(self, input_shape):
        widths = (input_shape[-1], *self.base.units)
        self.kernels = [
            self.add_weight(
                (fan_in, fan_out), glorot(self.seed, level), name=f"kernel_{level}"
            )
            for level, (fan_in, fan_out) in enumerate(itertools.pairwise(widths))
        ]
        self.biases = [
            self.add_weight((width,), "zeros", name=f"bias_{level}")
            for level, width in enumerate(widths[1:])
        ]

    @property
    def phi(self):
        """`Phi` of the variables; nothing goes down its feedback kernels."""
        return Phi(
            tuple(
                LayerParams(kernel, bias, kernel)
                for kernel, bias in zip(self.kernels, self.biases, strict=True)
            )
        )

    def call(self, x):
        return self.base.embed(self.phi, x)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.base.units[-1])

    def get_config(self):
        return {
            **super().get_config(),
            "base": keras.saving.serialize_keras_object(self.base),
            "seed": self.seed,
        }

    @classmethod
    def from_config(cls, config):
        return cls(
            **{**config, "base": keras.saving.deserialize_keras_object(config["base"])}
        )
