"""What a rule is compared with: `fit(pixels)` without labels, `embed(pixels)`.

`Supervised` is fitted to labelled examples instead, `PrototypicalNetwork` to a task
distribution. All leave `parameters` and `seconds` behind.

The defaults of those that are trained were chosen on the meta-validation glyphs
(`glyphs/armenian_capital` and `glyphs/georgian_capital`, 8x8): a ridge read-out of 10
labels per class for 10 classes, base model of 64, 64 and 32 units, one seed. The
docstrings say how many settings were tried, and of what. No choice was made by digits
or other data of `meta_test`.
"""

from learned_update.baselines.contrastive import Contrastive
from learned_update.baselines.denoising_autoencoder import DenoisingAutoencoder
from learned_update.baselines.fixed_phi import FixedPhi
from learned_update.baselines.hebbian import Hebbian
from learned_update.baselines.k_means import KMeansFeatures
from learned_update.baselines.pca import Pca
from learned_update.baselines.prototypical import (
    PrototypicalNetwork,
    nearest_prototype,
)
from learned_update.baselines.random_initialisation import RandomInitialisation
from learned_update.baselines.raw_pixels import RawPixels
from learned_update.baselines.supervised import Supervised
from learned_update.baselines.vae import Vae

__all__ = [
    "Contrastive",
    "DenoisingAutoencoder",
    "FixedPhi",
    "Hebbian",
    "KMeansFeatures",
    "Pca",
    "PrototypicalNetwork",
    "RandomInitialisation",
    "RawPixels",
    "Supervised",
    "Vae",
    "nearest_prototype",
]
