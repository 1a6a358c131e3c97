"""What a rule is compared with: `fit(pixels)` without labels, `embed(pixels)`.

`Supervised` is fitted to labelled examples instead; `PrototypicalNetwork` and
`LearnedOptimizer` to a task distribution, and the latter then `adapt`s to labelled
examples. All leave `parameters` and `seconds` behind. MAML is a learner of `few_shot`.

Their own defaults were chosen on the meta-validation glyphs; the settings that the full
test sets are scored with are those of `evaluation.tuned`, which `tools/tune_baselines`
searches for on the train splits, with as many settings for each. No choice was made by
an example that is scored.
"""

from learned_update.baselines.meta_learned.learned_optimizer import LearnedOptimizer
from learned_update.baselines.meta_learned.prototypical import PrototypicalNetwork
from learned_update.baselines.shared.fixed_phi import FixedPhi
from learned_update.baselines.supervised.from_scratch import Supervised
from learned_update.baselines.unsupervised.autoencoders.denoising_autoencoder import (
    DenoisingAutoencoder,
)
from learned_update.baselines.unsupervised.autoencoders.vae import Vae
from learned_update.baselines.unsupervised.contrastive import Contrastive
from learned_update.baselines.unsupervised.hebbian import Hebbian
from learned_update.baselines.unsupervised.k_means import KMeansFeatures
from learned_update.baselines.unsupervised.pca import Pca
from learned_update.baselines.unsupervised.random_initialisation import (
    RandomInitialisation,
)
from learned_update.baselines.unsupervised.raw_pixels import RawPixels
from learned_update.few_shot.metric.prototypes import nearest_prototype

__all__ = [
    "Contrastive",
    "DenoisingAutoencoder",
    "FixedPhi",
    "Hebbian",
    "KMeansFeatures",
    "LearnedOptimizer",
    "Pca",
    "PrototypicalNetwork",
    "RandomInitialisation",
    "RawPixels",
    "Supervised",
    "Vae",
    "nearest_prototype",
]
