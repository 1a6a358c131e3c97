"""Tensors of unit states: channels first, then batch and units.

Every channel is a contiguous matrix: linear maps of the channels are one large matrix
product, moments over batch or units and joined channels need no transposition.
"""

from keras import ops

from learned_update import backend


def map_channels(kernel, x):
    """y_c = sum_i kernel_ic x_i.

    Args:
        kernel: `(channels_in, channels_out)`.
        x: `(channels_in, ...)`.

    Returns:
        `(channels_out, ...)`.
    """
    flat = ops.reshape(x, (kernel.shape[0], -1))
    y = backend.matmul(ops.transpose(kernel), flat)
    return ops.reshape(y, (kernel.shape[1], *ops.shape(x)[1:]))


def per_channel(values, like):
    """`(channels,)` values, with axes of size 1 or none, to be broadcast to `like`."""
    return ops.reshape(values, (-1, *(1 for _ in like.shape[1:])))
