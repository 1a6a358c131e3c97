"""Principal components as features."""

import numpy as np
from sklearn import decomposition

from learned_update.errors import invalid


class Pca:
    """Projections on the first principal axes: embed(x) = (x - mean) axes^T.

    Not whitened: a component keeps its variance.

    Args:
        components: number of features.
    """

    def __init__(self, components):
        self.components = components

    def fit(self, pixels):
        """Finds mean and principal axes of `pixels`, `(examples, inputs)`.

        Returns:
            This object.

        Raises:
            ValueError: if there are fewer examples or inputs than components.
        """
        pixels = np.asarray(pixels, np.float64)
        if self.components > min(pixels.shape):
            raise invalid(
                "There are more principal components than these pixels have.",
                expected=f"at least {self.components} examples and as many inputs",
                received=f"pixels of shape {pixels.shape}",
                remedy=f"Ask for at most {min(pixels.shape)} components.",
            )
        self._pca = decomposition.PCA(self.components, svd_solver="full").fit(pixels)
        return self

    def embed(self, pixels):
        """Features `(examples, components)` of `pixels`, `(examples, inputs)`."""
        return self._pca.transform(np.asarray(pixels, np.float64))
