"""A layer that reads patches of the level below: a convolution."""

from keras import ops

from learned_update.ops.positions.patches import fold, unfold
from learned_update.ops.positions.sampling import sampling_step


class Patches:
    """Means of windows, then patches of them, the same kernel at every position.

    `collect` is the transposed convolution's part that is not the kernel.

    Args:
        level: that the layer reads.
        geometry: `ops.positions.patches.Geometry`.
        limit: rows that a weight change is made of at most; None for all.
    """

    weights = None

    def __init__(self, level, geometry, limit=None):
        self.levels = (level,)
        self.geometry = geometry
        self.limit = limit

    def spread(self, x, every=1):
        return unfold(x, self.geometry, every)

    def collect(self, error):
        return (fold(error, self.geometry),)

    def outgoing(self, kernel):
        taps, above = self.geometry.taps, kernel.shape[-1]
        if taps == 1:
            return (kernel,)
        by_tap = ops.reshape(kernel, (taps, -1, above))
        by_unit = ops.transpose(by_tap, (1, 0, 2))  # (units, taps, above)
        return (ops.reshape(by_unit, (-1, taps * above)),)

    def every(self, rows):
        return sampling_step(rows, self.limit, self.geometry.positions)
