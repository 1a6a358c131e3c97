"""An encoder with positions, step by step, whatever file it is written to."""

import functools
from typing import Any, NamedTuple

import numpy as np

from learned_update.layers import ConvBase
from learned_update.layers.bases.conv import FLATTEN
from learned_update.layers.bases.outputs import ALL


class WiredEncoder(NamedTuple):
    """Convolutions or attention whose normalisations are folded in.

    Attributes:
        base: `ConvBase` or `AttentionBase`.
        folded: `FoldedEncoder`.
    """

    base: Any
    folded: Any


def emit(encoder, emitter, x):
    """Features of x, computed by the steps of an emitter.

    An emitter has `standardise(x, centre, factor, rest)`, (x - centre) factor - rest;
    `image(x, shape)`; `convolution(x, kernel, bias, stride, geometry)`; `pool(x,
    size)`; `tokens(x, count)`, of images or rows; `dense(x, kernel, bias)`; `lookup(x,
    kernel)` of words; `shifted(x, bias)` by a bias per token; `attend(query, key,
    value)`; `add(x, y)`; `activation(x)`; `mean(x)` over positions; `flatten(x)`;
    `concatenate(parts)` of features.
    Kernels are `(height, width, in, out)` or `(in, out)`, biases `(out,)`; that of
    `shifted` is `(tokens, out)`.

    Args:
        encoder: `WiredEncoder`.
        emitter: of the file's kind.
        x: its tensor of inputs, `(batch, inputs)`.

    Returns:
        The emitter's tensor, `(batch, features)`.
    """
    base, folded = encoder
    if folded.centre is not None:
        x = emitter.standardise(x, folded.centre, folded.factor, folded.rest)
    layers = (_convolutions if isinstance(base, ConvBase) else _attention)(
        base, folded.layers, emitter, x
    )
    shown = layers if folded.output == ALL else layers[-1:]
    describe = emitter.flatten if base.embedding == FLATTEN else emitter.mean
    parts = folded.given_out([describe(make()) for make in shown], lambda: x)
    return emitter.concatenate(parts) if len(parts) > 1 else parts[0]


def _convolutions(base, layers, emitter, x):
    """Functions without arguments, each of which gives a layer, pooled."""
    channels, pool, given = base.image_shape[-1], 1, []
    x = emitter.image(x, base.image_shape)
    for index, (layer, geometry) in enumerate(
        zip(layers, base.geometries, strict=True)
    ):
        if pool > 1:
            x = emitter.pool(x, pool)
        shape = (geometry.rows.kernel, geometry.columns.kernel, channels, -1)
        x = emitter.convolution(
            x, layer.kernel.reshape(shape), layer.bias, base.strides[index], geometry
        )
        x = emitter.activation(x)
        channels, pool = len(layer.bias), base.pooling[index]
        given.append(functools.partial(_pooled, emitter, x, pool))
    return given


def _pooled(emitter, x, pool):
    return emitter.pool(x, pool) if pool > 1 else x


def _attention(base, layers, emitter, x):
    """Functions without arguments, each of which gives a layer with what it reads."""
    pre, levels = [], [None]  # pre-activations, and activations from level 1
    for kernel, layer in zip(base.kernels, layers, strict=True):
        if kernel.levels == (0,):
            z = _first(base, layer, emitter, x)
        else:
            if kernel.mixes:
                query, key, value = kernel.levels
                inputs = emitter.attend(pre[query - 1], pre[key - 1], levels[value])
            else:
                inputs = _sum(emitter, levels, kernel.levels)
            z = emitter.dense(inputs, layer.kernel, layer.bias)
        pre.append(z)
        levels.append(emitter.activation(z))
    return [functools.partial(_sum, emitter, levels, stream) for stream in base.streams]


def _sum(emitter, levels, stream):
    total = levels[stream[0]]
    for level in stream[1:]:
        total = emitter.add(total, levels[level])
    return total


def _first(base, layer, emitter, x):
    """Pre-activations of the tokens' first layer; waves become biases of the places."""
    inputs = len(layer.kernel) - base.waves
    kernel, bias = layer.kernel[:inputs], np.tile(layer.bias, (base.tokens, 1))
    if base.waves:
        places = base.places() @ layer.kernel[inputs:]  # (tokens, units)
        bias = bias + places.astype(bias.dtype)
    none = np.zeros(bias.shape[1], bias.dtype)
    if base.patches is not None:
        shape = (base.patch, base.patch, base.image_shape[-1], -1)
        image = emitter.image(x, base.image_shape)
        z = emitter.convolution(
            image, kernel.reshape(shape), none, base.patch, base.patches
        )
        z = emitter.tokens(z, base.tokens)
    elif base.vocabulary is not None:
        z = emitter.lookup(x, kernel)
    else:
        z = emitter.dense(emitter.tokens(x, base.tokens), kernel, none)
    return emitter.shifted(z, bias)
