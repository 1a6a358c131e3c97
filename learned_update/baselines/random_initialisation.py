"""The base model before any inner step."""

import numpy as np


class RandomInitialisation:
    """Features of the base model at its random initial phi.

    The batch normalisation uses the statistics of the examples given to `fit`, so
    that the features of one example do not depend on the others embedded with it.

    Args:
        base: a `BaseMLP`.
        seed: seed of the initial phi.
    """

    def __init__(self, base, seed):
        self.base = base
        self.seed = seed

    def fit(self, pixels):
        """Draws phi and takes the statistics of `pixels`, `(examples, inputs)`.

        Returns:
            This object.
        """
        pixels = np.asarray(pixels, np.float32)
        self.phi = self.base.init_phi(pixels.shape[1], self.seed)
        self._statistics = self.base.statistics(self.phi, pixels)
        return self

    def embed(self, pixels):
        """Features `(examples, units)` of `pixels`, `(examples, inputs)`."""
        pixels = np.asarray(pixels, np.float32)
        return np.asarray(self.base.embed(self.phi, pixels, self._statistics))
