"""Denoising autoencoder."""

import keras
from keras import ops

from learned_update.baselines.shared.seeds import derived_seed, draws
from learned_update.baselines.shared.trainable_base import TrainableBase
from learned_update.baselines.shared.trained_embedding import TrainedEmbedding
from learned_update.baselines.unsupervised.autoencoders.decoder import Decoder
from learned_update.baselines.unsupervised.views import check_corruption, masked, noisy

_ENCODER, _DECODER, _NOISE = range(3)  # keys of the seeds


def squared_error(x, decoded):
    """Mean squared error per row, `(batch,)`, of `(batch, inputs)`."""
    return ops.mean(ops.square(x - decoded), axis=-1)


class DenoisingModel(keras.Model):
    """Squared error of the decoded base-model features of corrupted inputs.

    Args:
        base: `BaseMLP` of the encoder; the decoder mirrors its widths.
        inputs: width of the inputs.
        noise: standard deviation of the noise that is added.
        masking: share of the inputs that are set to 0.
        seed: of the initial weights and of the corruption.
    """

    def __init__(self, base, inputs, noise, masking, seed):
        super().__init__()
        self.noise = noise
        self.masking = masking
        self.encoder = TrainableBase(base, derived_seed(seed, _ENCODER))
        self.decoder = Decoder(base, inputs, derived_seed(seed, _DECODER))
        self.seeds = draws(seed, _NOISE)

    def call(self, x):
        corrupted = masked(noisy(x, self.noise, self.seeds), self.masking, self.seeds)
        loss = squared_error(x, self.decoder(self.encoder(corrupted)))
        self.add_loss(ops.mean(loss))
        return loss


class DenoisingAutoencoder(TrainedEmbedding):
    """Base-model features from which clean inputs can be told (Vincent et al., 2008).

    The features are the top layer's, after its activation, as in the base model.

    Tuned by `tools/tune_baselines`, 10 settings: steps, learning rate, noise, masking.

    Args:
        base: a `BaseMLP`, of which the widths and the activation count.
        seed: of the initial weights, the batches and the corruption.
        noise: standard deviation of the noise that is added to the inputs.
        masking: share of the inputs that are then set to 0.
        steps: gradient steps.
        batch_size: examples of a step; all of them where there are fewer.
        learning_rate: of Adam.

    Attributes:
        phi: `Phi` that was trained; its feedback kernels are its kernels.
        history: mean squared error of every epoch.
        parameters: numbers that were trained, the decoder's included.
        seconds: wall time of `fit`.
    """

    def __init__(
        self,
        base,
        seed,
        noise=0.0,
        masking=0.1,
        steps=2000,
        batch_size=128,
        learning_rate=1e-2,
    ):
        super().__init__(base, seed, steps, batch_size, learning_rate)
        check_corruption(noise, masking)
        self.noise = noise
        self.masking = masking

    def _model(self, inputs):
        return DenoisingModel(self.base, inputs, self.noise, self.masking, self.seed)
