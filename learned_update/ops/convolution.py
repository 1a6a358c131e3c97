"""A convolution along one axis, as a matrix product (released_rule, section 2)."""

from keras import ops

from learned_update.ops.channels import map_channels


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
