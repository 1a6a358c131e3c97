"""Variational autoencoder."""

import keras
from keras import ops

from learned_update.baselines.shared.fixed_phi import FixedPhi
from learned_update.baselines.shared.seeds import derived_seed, draws, glorot
from learned_update.baselines.shared.trainable_base import TrainableBase, plain_base
from learned_update.baselines.shared.trained_embedding import TrainedEmbedding
from learned_update.baselines.unsupervised.autoencoders.decoder import Decoder
from learned_update.baselines.unsupervised.autoencoders.likelihoods import (
    check_range,
    negative_log_likelihood,
)
from learned_update.errors import invalid

_ENCODER, _MEAN, _DECODER, _NOISE = range(4)  # keys of the seeds


def divergence(mean, log_variance):
    """KL(N(mean, diag exp(log_variance)) || N(0, I)) per row.

    Args:
        mean: `(batch, code)`.
        log_variance: `(batch, code)`.

    Returns:
        `(batch,)`, in nats.
    """
    terms = ops.square(mean) + ops.exp(log_variance) - 1.0 - log_variance
    return 0.5 * ops.sum(terms, axis=-1)


class VaeModel(keras.Model):
    """-E log p(x | z) + KL(q(z | x) || N(0, I)), one sample of z per example.

    Kingma and Welling, 2014. The code z is linear in the top hidden layer.

    Args:
        base: `BaseMLP`; the last of its widths is the code's, the others are those of
            the encoder and, from top to bottom, of the decoder.
        inputs: width of the inputs.
        likelihood: a name in `LIKELIHOODS`.
        seed: of the initial weights and of the noise.
    """

    def __init__(self, base, inputs, likelihood, seed):
        super().__init__()
        self.likelihood = likelihood
        hidden = plain_base(base.units[:-1], base.activation)
        self.encoder = TrainableBase(hidden, derived_seed(seed, _ENCODER))
        self.mean = keras.layers.Dense(
            base.units[-1], kernel_initializer=glorot(seed, _MEAN)
        )
        self.log_variance = keras.layers.Dense(
            base.units[-1], kernel_initializer="zeros"
        )
        self.decoder = Decoder(base, inputs, derived_seed(seed, _DECODER))
        self.noise = draws(seed, _NOISE)

    def objective(self, x, noise):
        """The negative evidence lower bound per row at given noise.

        Args:
            x: `(batch, inputs)`.
            noise: standard normal, `(batch, code)`.

        Returns:
            `(batch,)`, in nats.
        """
        hidden = self.encoder(x)
        mean, log_variance = self.mean(hidden), self.log_variance(hidden)
        code = mean + ops.exp(0.5 * log_variance) * noise
        missed = negative_log_likelihood(self.likelihood)(x, self.decoder(code))
        return missed + divergence(mean, log_variance)

    def call(self, x):
        shape = (ops.shape(x)[0], self.mean.units)
        loss = self.objective(x, keras.random.normal(shape, seed=self.noise))
        self.add_loss(ops.mean(loss))
        return loss


class Vae(TrainedEmbedding):
    """The posterior's mean as features, linear in the top hidden layer.

    Tuned by `tools/tune_baselines`, 10 settings: steps, learning rate, batch size,
    likelihood.

    Args:
        base: a `BaseMLP`, of which the widths and the activation count: hidden layers
            and, last, the width of the code.
        seed: of the initial weights, the batches and the noise.
        likelihood: `"bernoulli"` for inputs in [0, 1], `"gaussian"` for any.
        steps: gradient steps.
        batch_size: examples of a step; all of them where there are fewer.
        learning_rate: of Adam.

    Attributes:
        history: the negative evidence lower bound in nats, mean of every epoch.
        parameters: numbers that were trained, the decoder's included.
        seconds: wall time of `fit`.

    Raises:
        ValueError: if `base` has no hidden layer, or a setting makes no sense.
    """

    def __init__(
        self,
        base,
        seed,
        likelihood="gaussian",
        steps=2000,
        batch_size=128,
        learning_rate=3e-3,
    ):
        super().__init__(base, seed, steps, batch_size, learning_rate)
        if len(base.units) < 2:
            raise invalid(
                "A variational autoencoder needs a hidden layer below its code.",
                expected="units of at least two layers",
                received=f"units={base.units}",
                remedy="Pass, for example, units=(128, 32).",
            )
        self.likelihood = likelihood
        negative_log_likelihood(likelihood)

    def _checked(self, pixels):
        pixels = super()._checked(pixels)
        check_range(self.likelihood, pixels)
        return pixels

    def _model(self, inputs):
        return VaeModel(self.base, inputs, self.likelihood, self.seed)

    def _take(self, model, pixels):
        hidden = model.encoder
        self._embedding = FixedPhi(hidden.base, hidden.phi).fit(pixels)
        self._kernel, self._bias = map(ops.convert_to_numpy, model.mean.weights)

    def embed(self, pixels):
        """Means `(examples, units[-1])` of the codes of `pixels`."""
        return super().embed(pixels) @ self._kernel + self._bias
