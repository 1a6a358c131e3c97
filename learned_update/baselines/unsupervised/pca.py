"""Principal components as features."""

import numpy as np
from sklearn import decomposition

from learned_update.baselines.shared.rows import checked_rows, fitting_rows
from learned_update.baselines.shared.wall_time import timed
from learned_update.errors import invalid


class Pca:
    """Projections on the first principal axes: embed(x) = (x - mean) axes^T.

    Not whitened: a component keeps its variance.

    Args:
        components: number of features.

    Attributes:
        parameters: numbers of the mean and the axes.
        seconds: wall time of `fit`.
    """

    def __init__(self, components):
        self.components = components

    @timed
    def fit(self, pixels):
        """Finds mean and principal axes of `pixels`, `(examples, inputs)`.

        Returns:
            This object.

        Raises:
            ValueError: if there are fewer examples or inputs than components.
        """
        pixels = checked_rows(pixels).astype(np.float64)
        if self.components > min(pixels.shape):
            raise invalid(
                "There are more principal components than these pixels have.",
                expected=f"at least {self.components} examples and as many inputs",
                received=f"pixels of shape {pixels.shape}",
                remedy=f"Ask for at most {min(pixels.shape)} components.",
            )
        # Of few inputs the covariance is small; round-off is all that differs.
        solver = "full" if len(pixels) < pixels.shape[1] else "covariance_eigh"
        self._pca = decomposition.PCA(self.components, svd_solver=solver).fit(pixels)
        self.parameters = self._pca.mean_.size + self._pca.components_.size
        return self

    def embed(self, pixels):
        """Features `(examples, components)` of `pixels`, `(examples, inputs)`."""
        pixels = fitting_rows(pixels, self._pca.mean_.size).astype(np.float64)
        return self._pca.transform(pixels).astype(np.float32)
