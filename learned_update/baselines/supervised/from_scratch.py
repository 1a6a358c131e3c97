"""Supervised training of the base model on the labels of an episode alone."""

import keras
import numpy as np
from keras import ops

from learned_update.baselines.shared.fixed_phi import FixedPhi
from learned_update.baselines.shared.gradient_descent import (
    batch_rows,
    check_settings,
    compiled,
    count_parameters,
    descend,
)
from learned_update.baselines.shared.rows import checked_rows
from learned_update.baselines.shared.seeds import derived_seed, glorot
from learned_update.baselines.shared.trainable_base import TrainableBase, plain_base
from learned_update.baselines.shared.wall_time import timed
from learned_update.errors import invalid
from learned_update.few_shot.objective import cross_entropy

_ENCODER, _HEAD = range(2)  # keys of the seeds


class SupervisedModel(keras.Model):
    """`cross_entropy` of a linear head on the base model.

    Args:
        base: `BaseMLP`.
        classes: number of classes.
        seed: of the initial weights.
    """

    def __init__(self, base, classes, seed):
        super().__init__()
        self.encoder = TrainableBase(base, derived_seed(seed, _ENCODER))
        self.head = keras.layers.Dense(classes, kernel_initializer=glorot(seed, _HEAD))

    def call(self, inputs):
        x, labels = inputs
        logits = self.head(self.encoder(x))
        self.add_loss(cross_entropy(logits, labels))
        return logits


class Supervised:
    """The base model and a linear head, trained on labelled examples alone.

    It is fitted to the support of an episode and `predict`s classes. Batch statistics
    are those of the support. The compiled step is kept from one fit to the next of the
    same shape; the weights start anew.

    Tuned by `tools/tune_baselines`, 10 settings: steps, learning rate, batch size.

    Args:
        base: a `BaseMLP`, of which the widths and the activation count.
        seed: of the initial weights and the batches.
        steps: gradient steps.
        batch_size: examples of a step; all of them where there are fewer.
        learning_rate: of Adam.

    Attributes:
        classes: labels that occur, ascending, `(classes,)`.
        history: loss before every step.
        parameters: numbers that were trained.
        seconds: wall time of `fit`.
    """

    def __init__(self, base, seed, steps=100, batch_size=128, learning_rate=3e-2):
        check_settings(steps, batch_size, learning_rate)
        self.base = plain_base(base.units, base.activation)
        self.seed = seed
        self.steps = steps
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self._shape = None

    @timed
    def fit(self, support, labels):
        """Trains on labelled examples.

        Args:
            support: `(examples, inputs)`, at least two.
            labels: `(examples,)`, of at least two classes.

        Returns:
            This object.

        Raises:
            ValueError: if the labels do not fit the examples or are of one class, or
                the examples are not finite.
        """
        support = checked_rows(support, minimum=2)
        self.classes, targets = _checked_labels(labels, len(support))
        batch_size = min(self.batch_size, len(support))
        targets = targets.astype("int32")

        def batch_at(step):
            rows = batch_rows(len(support), batch_size, self.seed, step)
            return support[rows], targets[rows]

        self._start(batch_at(0))
        losses = descend(self._model, batch_at, self.steps, description="supervised")
        self._embedding = FixedPhi(self.base, self._model.encoder.phi).fit(support)
        self._kernel, self._bias = map(ops.convert_to_numpy, self._model.head.weights)
        self.history = losses.tolist()
        self.parameters = count_parameters(self._model)
        return self

    def embed(self, pixels):
        """Features `(examples, units[-1])` of `pixels`, `(examples, inputs)`."""
        return self._embedding.embed(pixels)

    def predict(self, pixels):
        """Labels `(examples,)` of `pixels`, `(examples, inputs)`."""
        scores = self.embed(pixels) @ self._kernel + self._bias
        return self.classes[np.argmax(scores, axis=-1)]

    def _start(self, batch):
        """A model for batches of this shape at its initial weights."""
        shape = (batch[0].shape, len(self.classes))
        if shape != self._shape:
            model = SupervisedModel(self.base, len(self.classes), self.seed)
            self._model = compiled(model, self.learning_rate)
            self._model(batch)
            self._model.optimizer.build(self._model.trainable_variables)
            self._initial = [ops.convert_to_numpy(v) for v in self._variables()]
            self._shape = shape
        for variable, value in zip(self._variables(), self._initial, strict=True):
            variable.assign(value)

    def _variables(self):
        return [*self._model.trainable_variables, *self._model.optimizer.variables]


def _checked_labels(labels, rows):
    """Classes, and the index of its class for every row."""
    labels = np.asarray(labels)
    classes = np.unique(labels)
    if labels.shape != (rows,) or len(classes) < 2:
        raise invalid(
            "These labels teach nothing about the examples.",
            expected=f"one label for each of the {rows} rows, of at least 2 classes",
            received=f"labels of shape {labels.shape}, {len(classes)} classes",
            remedy="Pass the labels of the support, row by row.",
        )
    return classes, np.searchsorted(classes, labels)
