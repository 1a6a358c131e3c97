"""Seeds of what Keras draws, each a function of one seed and of a key."""

import keras

from learned_update.randomness import generator

_HIGHEST = 2**31 - 1  # seeds are drawn from below this


def derived_seed(seed, *key):
    """A seed for what the integers of `key` stand for."""
    return int(generator(seed, *key).integers(_HIGHEST))


def glorot(seed, *key):
    """A uniform initialiser after Glorot and Bengio, with a `derived_seed`."""
    return keras.initializers.GlorotUniform(derived_seed(seed, *key))


def draws(seed, *key):
    """A `keras.random.SeedGenerator` that starts at a `derived_seed`."""
    return keras.random.SeedGenerator(derived_seed(seed, *key))
