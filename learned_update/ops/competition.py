"""Competition between units: who wins an example (neuron_local)."""

from keras import ops

TEMPERATURE = 2.0  # of the competition: softmax of 2 z


def win_probability(z):
    """softmax(2 z) over units; without Keras' warning on a single unit.

    Args:
        z: pre-activations, `(batch, units)`.

    Returns:
        `(batch, units)`, of sum 1 over units.
    """
    scaled = TEMPERATURE * z
    return ops.exp(scaled - ops.logsumexp(scaled, axis=-1, keepdims=True))
