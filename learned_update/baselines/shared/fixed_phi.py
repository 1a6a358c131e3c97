"""A base model whose phi is given: only its statistics come from the data."""

import keras
import numpy as np
from keras import ops

from learned_update.baselines.shared.rows import checked_rows, fitting_rows
from learned_update.baselines.shared.wall_time import timed
from learned_update.layers.bases.outputs import TOP, output_features


class FixedPhi:
    """Features of a base model at a given phi.

    The batch normalisation uses the statistics of the examples given to `fit`, so
    that the features of one example do not depend on the others embedded with it.

    Args:
        base: a `BaseMLP`.
        phi: its `Phi`.
        output: what of it are the features, one of `OUTPUTS`.

    Attributes:
        parameters: 0, since `fit` trains none.
        seconds: wall time of `fit`.
    """

    parameters = 0

    def __init__(self, base, phi, output=TOP):
        self.base = base
        self.output = output
        self.phi = keras.tree.map_structure(ops.convert_to_numpy, phi)

    @timed
    def fit(self, pixels):
        """Takes the statistics of `pixels`, `(examples, inputs)`.

        Returns:
            This object.

        Raises:
            ValueError: if there are fewer than two rows, or they do not fit phi.
        """
        pixels = checked_rows(pixels, minimum=2)
        self._inputs = pixels.shape[1]
        self._statistics = self.base.statistics(self.phi, pixels)
        return self

    def embed(self, pixels):
        """Features `(examples, output_units)` of `pixels`, `(examples, inputs)`."""
        pixels = fitting_rows(pixels, self._inputs)
        features = output_features(
            self.base, self.phi, pixels, self._statistics, self.output
        )
        return ops.convert_to_numpy(features).astype(np.float32)
