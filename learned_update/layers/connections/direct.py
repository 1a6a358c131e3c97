"""A layer that reads the units of levels as they are: one level, or a sum."""

from learned_update.ops.positions.sampling import sampling_step


class Direct:
    """x_l, or the sum of several levels of one width: a residual stream.

    Args:
        *levels: that the layer reads.
        limit: rows that a weight change is made of at most; None for all.
        positions: rows of an example.
    """

    weights = None

    def __init__(self, *levels, limit=None, positions=1):
        self.levels = levels
        self.limit = limit
        self.positions = positions

    def spread(self, *states, every=1):
        total = sum(states[1:], start=states[0])
        return total if every == 1 else total[..., ::every, :]

    def collect(self, error):
        return (error,) * len(self.levels)

    def outgoing(self, kernel):
        return (kernel,) * len(self.levels)

    def every(self, rows):
        return sampling_step(rows, self.limit, self.positions)


def chain(layers):
    """The connections of an MLP: every layer reads the level below."""
    return tuple(map(Direct, range(layers)))
