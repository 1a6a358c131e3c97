"""What a rule is compared with: `fit(pixels)` without labels, `embed(pixels)`."""

from learned_update.baselines.k_means import KMeansFeatures
from learned_update.baselines.pca import Pca
from learned_update.baselines.random_initialisation import RandomInitialisation
from learned_update.baselines.raw_pixels import RawPixels

__all__ = ["KMeansFeatures", "Pca", "RandomInitialisation", "RawPixels"]
