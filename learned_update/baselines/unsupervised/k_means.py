"""Soft k-means assignments as features."""

import numpy as np
import threadpoolctl
from sklearn import cluster

from learned_update.baselines.shared.rows import checked_rows, fitting_rows
from learned_update.baselines.shared.wall_time import timed
from learned_update.errors import invalid


def triangle(distances):
    """How much nearer than average each centre is (Coates & Ng, 2012).

    f_k = max(0, mean_j(distance_j) - distance_k)

    Args:
        distances: Euclidean distances to the centres, `(examples, clusters)`.

    Returns:
        Features, `(examples, clusters)`; about half of them are zero.
    """
    return np.maximum(np.mean(distances, axis=1, keepdims=True) - distances, 0.0)


class KMeansFeatures:
    """The `triangle` features of k-means centres found without labels.

    Tuned by `tools/tune_baselines`, 4 settings: restarts.

    Args:
        clusters: number of centres, which is the number of features.
        seed: seed of the initial centres.
        restarts: runs of which the one with the least distortion is kept.

    Attributes:
        parameters: numbers of the centres.
        seconds: wall time of `fit`.
    """

    def __init__(self, clusters, seed, restarts=4):
        self.clusters = clusters
        self.seed = seed
        self.restarts = restarts

    @timed
    def fit(self, pixels):
        """Finds the centres of `pixels`, `(examples, inputs)`.

        Returns:
            This object.

        Raises:
            ValueError: if there are fewer different examples than clusters.
        """
        pixels = checked_rows(pixels).astype(np.float64)
        different = len({row.tobytes() for row in pixels + 0.0})  # no -0.0
        if self.clusters > different:
            raise invalid(
                "There are more clusters than different examples.",
                expected=f"at least {self.clusters} different examples",
                received=f"{different} in pixels of shape {pixels.shape}",
                remedy=f"Ask for at most {different} clusters.",
            )
        k_means = cluster.KMeans(
            self.clusters, n_init=self.restarts, random_state=self.seed
        )
        with threadpoolctl.threadpool_limits(1):  # of small blocks; more would wait
            self._k_means = k_means.fit(pixels)
        self.parameters = self._k_means.cluster_centers_.size
        return self

    def embed(self, pixels):
        """Features `(examples, clusters)` of `pixels`, `(examples, inputs)`."""
        inputs = self._k_means.cluster_centers_.shape[1]
        pixels = fitting_rows(pixels, inputs).astype(np.float64)
        return triangle(self._k_means.transform(pixels)).astype(np.float32)
