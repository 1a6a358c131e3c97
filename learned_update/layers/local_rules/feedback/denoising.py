"""The non-local reference: gradient descent on a denoising autoencoder's loss."""

import gin
import keras
from keras import ops

from learned_update import backend
from learned_update.layers.local_rules.layer_view import LocalChange
from learned_update.layers.local_rules.local_rule import LocalRule
from learned_update.layers.local_rules.masks import keep_mask
from learned_update.layers.local_rules.presynaptic import unit_variance
from learned_update.layers.parts import PACKAGE

BATCH_NORM_EPSILON = 1e-4  # as the base model's


def reconstruction_loss(parameters, x, corrupted):
    """Mean square of decode(encode(corrupted)) - x (Vincent et al. 2008).

    The encoder is the base model: relu(batchnorm(x w) + b) in every layer. The decoder
    goes down through the feedback weights, h <- h v^T, with relu between layers.

    Args:
        parameters: `(w, v, bias)` per layer, bottom to top.
        x: what is to be reconstructed, `(batch, inputs)`.
        corrupted: x, some of it 0.

    Returns:
        A scalar.
    """
    h = corrupted
    for weights, _, bias in parameters:
        product = ops.matmul(h, weights)
        deviation = product - backend.mean(product, axis=0)
        variance = backend.mean(ops.square(deviation), axis=0)
        h = ops.relu(deviation * ops.rsqrt(variance + BATCH_NORM_EPSILON) + bias)
    for level, (_, feedback, _) in reversed(list(enumerate(parameters))):
        h = ops.matmul(h, ops.transpose(feedback))
        h = ops.relu(h) if level else h
    return backend.mean(ops.square(h - x))


def denoising_gradients(parameters, x, corrupted):
    """The gradient of `reconstruction_loss`, a tree as `parameters`."""

    def loss(parameters):
        return reconstruction_loss(parameters, x, corrupted), ()

    return backend.value_and_grad(loss)(parameters)[1]


@gin.register(module="learned_update")
@keras.saving.register_keras_serializable(PACKAGE)
class Denoising(LocalRule):
    """Not local: SGD on the loss of a denoising autoencoder, through all layers.

    Vincent et al., Extracting and composing robust features with denoising
    autoencoders (2008): inputs masked, squared error. The decoder's weights are the
    feedback kernels. Rates of encoder and decoder are theta; biases stay as they are,
    as with the other rules. It takes the base model's activation to be relu.

    Args:
        rate: of the encoder.
        decoder_rate: of the decoder, relative to the encoder's.
        kept: share of the inputs that are left, not trained.
    """

    sees = "everything: gradients through all layers"

    def __init__(self, rate=3.0, decoder_rate=1.0, kept=0.7, **kwargs):
        super().__init__({"rate": rate, "decoder_rate": decoder_rate}, **kwargs)
        self.kept = kept

    def layer_changes(self, constants, views):
        x = unit_variance(views[0].x)
        corrupted = x * keep_mask(x, self.kept, salt=1)
        parameters = [[view.weights, view.feedback, view.bias] for view in views]
        gradients = denoising_gradients(parameters, x, corrupted)
        return [
            LocalChange(-weights, feedback=-constants["decoder_rate"] * feedback)
            for weights, feedback, _ in gradients
        ]

    def get_config(self):
        return {**super().get_config(), "kept": self.kept}
