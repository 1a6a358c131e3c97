"""Random numbers drawn on the host, from a counter-based generator."""

import numpy as np


def generator(seed, *key):
    """A generator that is a pure function of its key.

    Philox keyed by a hash of `(seed, *key)` (`numpy.random.SeedSequence`): the same
    draws on every backend, for every number of devices and after every restart, and
    nothing of it to checkpoint.

    Args:
        seed: seed of the run, an integer of at least 0.
        *key: integers of at least 0 that say what is drawn, such as
            `(outer_step, task)`.

    Returns:
        A `numpy.random.Generator`.
    """
    return np.random.Generator(np.random.Philox(np.random.SeedSequence((seed, *key))))
