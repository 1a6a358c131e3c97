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


def convolve(kernel, x, axis):
    """y[:, t] = sum_i kernel[i]^T x[:, t + i - (k-1)/2], zeros outside.

    Args:
        kernel: `(taps, channels_in, channels_out)`, of an odd number of taps.
        x: `(channels_in, batch, units)`.
        axis: that t counts, 1 or 2.

    Returns:
        `(channels_out, batch, units)`.
    """
    taps, channels_in, channels_out = kernel.shape
    length, width = ops.shape(x)[axis], [(0, 0)] * 3
    width[axis] = (taps // 2, taps // 2)
    padded = ops.pad(x, width)
    shifted = [_part(padded, axis, tap, tap + length) for tap in range(taps)]
    patches = ops.concatenate(shifted, axis=0)  # (taps * channels_in, batch, units)
    return map_channels(
        ops.reshape(kernel, (taps * channels_in, channels_out)), patches
    )


def _part(x, axis, begin, end):
    return x[:, begin:end] if axis == 1 else x[:, :, begin:end]
