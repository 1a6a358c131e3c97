"""Base models on images and tokens, and phis, that tests share."""

import numpy as np
from keras import ops

import learned_update as lu

CONVENTIONS = {"epsilon": 1e-4, "fan_in_scaling": True, "kernel_stddev": 1.0}


def conv(units, image_shape, **options):
    """A `ConvBase` in float64 with the conventions of the neuron-local rule."""
    options = {"padding": "same", **options}
    return lu.ConvBase(
        units, image_shape=image_shape, dtype="float64", **CONVENTIONS, **options
    )


def attention(units, **options):
    """An `AttentionBase` in float64 with the same conventions."""
    return lu.AttentionBase(units, dtype="float64", **CONVENTIONS, **options)


def mlp(units):
    """A `BaseMLP` in float64 with the same conventions."""
    return lu.BaseMLP(units, dtype="float64", **CONVENTIONS)


def images(examples, image_shape, seed=3):
    """Random images as rows."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(examples, int(np.prod(image_shape))))


def mapped(phi, function):
    """A `Phi` with `function(layer index, field, array)` in place of every array."""
    return lu.Phi(
        tuple(
            lu.LayerParams(
                *(
                    ops.convert_to_tensor(
                        function(index, field, ops.convert_to_numpy(value))
                    )
                    for field, value in layer._asdict().items()
                )
            )
            for index, layer in enumerate(phi.layers)
        )
    )
