"""What the baselines share that train a base model on unlabelled data by gradients."""

import keras
from keras import ops

from learned_update.baselines.shared.fixed_phi import FixedPhi
from learned_update.baselines.shared.gradient_descent import (
    batch_rows,
    check_settings,
    compiled,
    count_parameters,
    descend,
    epoch_means,
)
from learned_update.baselines.shared.rows import checked_rows
from learned_update.baselines.shared.trainable_base import plain_base
from learned_update.baselines.shared.wall_time import timed
from learned_update.checks import check_variance


class TrainedEmbedding:
    """Fits a Keras model with Adam, then embeds with the base model inside it.

    A child says with `_model(inputs)` what is trained: a Keras model that adds its
    loss in `call(x)` and has a `TrainableBase` as its attribute `encoder`.

    Args:
        base: a `BaseMLP`, of which the widths and the activation count.
        seed: of the initial weights, the batches and the noise.
        steps: gradient steps.
        batch_size: examples of a step; all of them where there are fewer.
        learning_rate: of Adam.

    Attributes:
        phi: `Phi` that was trained; its feedback kernels are its kernels.
        history: mean loss of every epoch, after `fit`.
        parameters: numbers that were trained, those that `embed` drops included.
        seconds: wall time of `fit`, its callbacks included.
    """

    def __init__(self, base, seed, steps, batch_size, learning_rate):
        check_settings(steps, batch_size, learning_rate)
        self.base = plain_base(base.units, base.activation)
        self.seed = seed
        self.steps = steps
        self.batch_size = batch_size
        self.learning_rate = learning_rate

    @timed
    def fit(self, pixels, callback=None, callback_every=None, progress=False):
        """Trains on `pixels`, `(examples, inputs)`.

        Args:
            pixels: unlabelled examples, at least two different ones.
            callback: called as `callback(step, self)` after every `callback_every`-th
                step and after the last; `embed` then has what was learned so far.
            callback_every: steps between two calls; None for the last alone.
            progress: whether to show a bar; None shows it on a terminal.

        Returns:
            This object.

        Raises:
            ValueError: if there are too few rows, they are all equal or not finite,
                or the loss diverges.
        """
        pixels = self._checked(pixels)
        batch_size = min(self.batch_size, len(pixels))
        model = compiled(self._model(pixels.shape[1]), self.learning_rate)

        def report(step):
            self._take(model, pixels)
            if callback is not None:
                callback(step, self)

        losses = descend(
            model,
            lambda step: pixels[batch_rows(len(pixels), batch_size, self.seed, step)],
            self.steps,
            report,
            callback_every if callback is not None else None,
            progress,
            type(self).__name__,
        )
        self.history = epoch_means(losses, len(pixels) // batch_size)
        self.parameters = count_parameters(model)
        return self

    def embed(self, pixels):
        """Features `(examples, units[-1])` of `pixels`, `(examples, inputs)`."""
        return self._embedding.embed(pixels)

    def _checked(self, pixels):
        pixels = checked_rows(pixels, minimum=2)
        check_variance(pixels)
        return pixels

    def _take(self, model, pixels):
        """Keeps a copy of what the model has learned, for `embed`."""
        self.phi = keras.tree.map_structure(ops.convert_to_numpy, model.encoder.phi)
        self._embedding = FixedPhi(self.base, self.phi).fit(pixels)
