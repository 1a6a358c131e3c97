"""Competition between units: who wins an example (neuron_local)."""

from keras import ops

TEMPERATURE = 2.0  # of the competition: softmax of 2 z


def win_probability(z, temperature=TEMPERATURE):
    """softmax(t z) over units, t = 2; without Keras' warning on a single unit.

    Args:
        z: pre-activations, `(batch, units)`.
        temperature: t; the larger, the fewer win.

    Returns:
        `(batch, units)`, of sum 1 over units.
    """
    scaled = temperature * z
    return ops.exp(scaled - ops.logsumexp(scaled, axis=-1, keepdims=True))
