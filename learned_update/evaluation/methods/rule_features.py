"""Features of the base model after a rule's inner steps, with a baseline's face."""

import numpy as np

from learned_update.baselines import FixedPhi
from learned_update.layers.bases.outputs import TOP


class RuleFeatures:
    """What a rule makes of a base model: `fit(pixels)` without labels, `embed`.

    Args:
        trainer: `BaseTrainer` of the rule and its base model.
        steps: inner steps.
        batch_size: examples of an inner step; fewer examples are one batch.
        seed: of the initial phi and of the batches.
        output: what of it are the features, one of `OUTPUTS`.
    """

    def __init__(self, trainer, steps, batch_size, seed, output=TOP):
        self.base = trainer.base
        self.output = output
        self.seed = seed
        self._trainer = trainer
        self._steps = steps
        self._batch_size = batch_size

    def fit(self, pixels):
        """Trains phi on `pixels`, `(examples, inputs)`, and takes their statistics.

        Returns:
            This object.
        """
        pixels = np.asarray(pixels, np.float32)
        (self.phi,) = self._trainer(
            [self.base.init_phi(pixels.shape[1], self.seed)],
            [pixels],
            steps=self._steps,
            batch_size=min(self._batch_size, len(pixels)),
            seeds=[self.seed],
            progress=False,
        )
        self._embedding = FixedPhi(self.base, self.phi, self.output).fit(pixels)
        return self

    def embed(self, pixels):
        """Features `(examples, output_units)`, with statistics of the fitted pixels."""
        return self._embedding.embed(pixels)

    @property
    def parameters(self):
        """Numbers of the trained phi: kernels, biases and feedback kernels."""
        return sum(int(np.size(array)) for layer in self.phi.layers for array in layer)
