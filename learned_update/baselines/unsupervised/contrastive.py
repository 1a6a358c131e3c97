"""Contrastive learning after SimCLR, of an MLP."""

import keras
from keras import ops

from learned_update.baselines.shared.seeds import derived_seed, draws, glorot
from learned_update.baselines.shared.trainable_base import TrainableBase
from learned_update.baselines.shared.trained_embedding import TrainedEmbedding
from learned_update.baselines.unsupervised.views import (
    check_corruption,
    check_image_shape,
    masked,
    noisy,
    shifted,
)
from learned_update.errors import invalid

_ENCODER, _HEAD, _PROJECTION, _NOISE = range(4)  # keys of the seeds
_ITSELF = 1e9  # taken off the similarity of a view with itself, which is no pair
_LENGTH = 1e-8  # least squared length that is divided by


def nt_xent(first, second, temperature):
    """Normalised temperature-scaled cross-entropy (Chen et al., 2020, eq. 1).

    Every view is to tell its partner from the 2 (batch - 1) other views by their
    cosine similarity.

    Args:
        first: projections of one view of every example, `(batch, projection)`.
        second: projections of the other.
        temperature: that similarities are divided by.

    Returns:
        Mean over all views, a scalar.
    """
    batch = ops.shape(first)[0]
    views = ops.concatenate([first, second], axis=0)  # (2 batch, projection)
    length = ops.sum(ops.square(views), axis=-1, keepdims=True)
    views = views * ops.rsqrt(length + _LENGTH)
    similarity = ops.matmul(views, ops.transpose(views)) / temperature
    itself = ops.eye(2 * batch, dtype=similarity.dtype)
    others = ops.logsumexp(similarity - _ITSELF * itself, axis=-1)  # (2 batch,)
    partner = ops.sum(views[:batch] * views[batch:], axis=-1) / temperature
    return ops.mean(others) - ops.mean(partner)


class ContrastiveModel(keras.Model):
    """`nt_xent` of a projection of the base-model features of two views.

    Args:
        base: `BaseMLP` of the encoder.
        noise: standard deviation of the noise of a view.
        masking: share of the inputs of a view that are set to 0.
        shift: most pixels that a view is shifted by, either way along both axes.
        image_shape: `(height, width, channels)`; None for no shift.
        temperature: of the loss.
        seed: of the initial weights and of the views.
    """

    def __init__(self, base, noise, masking, shift, image_shape, temperature, seed):
        super().__init__()
        self.noise = noise
        self.masking = masking
        self.shift = shift
        self.image_shape = image_shape
        self.temperature = temperature
        self.encoder = TrainableBase(base, derived_seed(seed, _ENCODER))
        width = base.units[-1]
        self.head = keras.layers.Dense(
            width, "relu", kernel_initializer=glorot(seed, _HEAD)
        )
        self.projection = keras.layers.Dense(
            width, kernel_initializer=glorot(seed, _PROJECTION)
        )
        self.seeds = draws(seed, _NOISE)

    def view(self, x):
        """A random view of every example, `(batch, inputs)`."""
        if self.image_shape is not None and self.shift:
            down, right = (
                keras.random.randint(
                    (ops.shape(x)[0],), -self.shift, self.shift + 1, seed=self.seeds
                )
                for _ in range(2)
            )
            x = shifted(x, down, right, self.image_shape)
        return masked(noisy(x, self.noise, self.seeds), self.masking, self.seeds)

    def call(self, x):
        first, second = (
            self.projection(self.head(self.encoder(self.view(x)))) for _ in range(2)
        )
        self.add_loss(nt_xent(first, second, self.temperature))
        return first


class Contrastive(TrainedEmbedding):
    """Base-model features by which two views of an example are known as one.

    The features are the top layer's, after its activation, as in the base model; the
    projection head (a hidden and a linear layer of units[-1]) is thrown away.

    Tuned by `tools/tune_baselines`, 10 settings: steps, learning rate, masking, shift,
    temperature.

    Args:
        base: a `BaseMLP`, of which the widths and the activation count.
        seed: of the initial weights, the batches and the views.
        image_shape: `(height, width, channels)` of images, which are then shifted;
            None for other inputs.
        noise: standard deviation of the noise of a view.
        masking: share of the inputs of a view that are then set to 0.
        shift: most pixels that an image is shifted by, either way along both axes.
        temperature: of the loss.
        steps: gradient steps.
        batch_size: examples of a step; all of them where there are fewer.
        learning_rate: of Adam.

    Attributes:
        phi: `Phi` that was trained; its feedback kernels are its kernels.
        history: mean `nt_xent` of every epoch.
        parameters: numbers that were trained, the head's included.
        seconds: wall time of `fit`.
    """

    def __init__(
        self,
        base,
        seed,
        image_shape=None,
        noise=0.2,
        masking=0.1,
        shift=1,
        temperature=0.1,
        steps=2000,
        batch_size=128,
        learning_rate=1e-2,
    ):
        super().__init__(base, seed, steps, batch_size, learning_rate)
        check_corruption(noise, masking)
        if not temperature > 0:
            raise invalid(
                "Similarities cannot be divided by this temperature.",
                expected="a positive number",
                received=f"temperature={temperature}",
                remedy="SimCLR's are 0.1 to 0.5.",
            )
        self.image_shape = image_shape
        self.noise = noise
        self.masking = masking
        self.shift = shift
        self.temperature = temperature

    def _checked(self, pixels):
        pixels = super()._checked(pixels)
        check_image_shape(self.image_shape, self.shift, pixels.shape[1])
        return pixels

    def _model(self, inputs):  # noqa: ARG002
        return ContrastiveModel(
            self.base,
            self.noise,
            self.masking,
            self.shift,
            self.image_shape,
            self.temperature,
            self.seed,
        )
