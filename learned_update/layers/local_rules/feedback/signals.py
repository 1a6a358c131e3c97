"""Signals that go down where there are no labels."""

from keras import ops

from learned_update import backend
from learned_update.layers.local_rules.presynaptic import EPSILON
from learned_update.ops.competition import win_probability


def top_signal(z):
    """Who wins an example more than usual: p - E[p], p = softmax(2 z) over units.

    It takes the place of the labels' error.

    Args:
        z: pre-activations of the top layer, `(batch, units)`.

    Returns:
        `(batch, units)`, root mean square 1.
    """
    p = win_probability(z)
    return normalised(p - backend.mean(p, axis=0))


def normalised(signal):
    """A signal divided by its root mean square over batch and units."""
    return signal * ops.rsqrt(backend.mean(ops.square(signal)) + EPSILON)
