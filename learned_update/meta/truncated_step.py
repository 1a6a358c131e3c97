"""One inner step of a group of tasks with its meta-objective."""

from typing import Any, NamedTuple

import numpy as np
from keras import ops

from learned_update import backend
from learned_update.meta.inner_step import inner_step
from learned_update.ops.augmentation import read_examples
from learned_update.ops.input_maps import apply_input_map
from learned_update.types import EpisodeShape


class TruncatedStep(NamedTuple):
    """What is unrolled: (theta, phi, data of a step) -> phi, loss, query accuracy.

    Attributes:
        rule: `UpdateRule`.
        base: `BaseMLP`.
        objective: `(support_features, support_targets, query_features,
            query_targets, support_regression=, query_regression=) -> (loss, metrics)`,
            as `meta_objective`.
        episode: `EpisodeShape`, how many examples of how many classes are scored, and
            which coefficients of their augmentation are asked for.
        joint_statistics: whether support and query are embedded as one batch, as the
            authors did, or both with the batch statistics of the support.
        precision: of the products of rule and base model, see `backend.products`.
    """

    rule: Any
    base: Any
    objective: Any
    episode: EpisodeShape
    joint_statistics: bool = True
    precision: str | None = None

    def __call__(self, theta, phi, resident, input_map, batch):
        """An inner step of every task, scored after it.

        Args:
            theta: values for `rule.trainable_variables`, leading `tasks` axis.
            phi: `Phi`, leading `tasks` axis.
            resident: `Resident`.
            input_map: `InputMap` or `PixelMap`, leading `tasks` axis.
            batch: `TaskBatch` of this step, without the `steps` axis.

        Returns:
            `(phi, loss, query_accuracy)`: the next `Phi`, and `(tasks,)` each.
        """
        dtype = phi.layers[0].kernel.dtype
        image_shape = self.episode.image_shape
        images = task_inputs(resident, batch, input_map, image_shape, dtype)
        inner_rows = batch.inner.shape[-1] or ops.shape(batch.inner)[-1]
        x, labelled = images[:, :inner_rows], images[:, inner_rows:]
        regression = ()
        if self.episode.regression_targets:
            asked = [
                batch.coefficients[:, inner_rows:, i]
                for i in self.episode.regression_targets
            ]
            regression = (ops.cast(ops.stack(asked, axis=-1), dtype),)
        return backend.vectorize(self._task)(theta, phi, x, labelled, *regression)

    def _task(self, theta, phi, x, labelled, *regression):
        """The step of one task."""
        with backend.products(self.precision):
            return self._in_precision(theta, phi, x, labelled, *regression)

    def _in_precision(self, theta, phi, x, labelled, *regression):
        phi = inner_step(self.rule, self.base, phi, x, theta=theta)
        ways, shots, queries = self.episode[:3]
        support_rows = ways * shots
        statistics = None
        if not self.joint_statistics:
            statistics = self.base.statistics(phi, labelled[:support_rows])
        features = self.base.embed(phi, labelled, statistics)
        targets = {}
        if regression:
            targets["support_regression"] = regression[0][:support_rows]
            targets["query_regression"] = regression[0][support_rows:]
        loss, metrics = self.objective(
            features[:support_rows],
            class_by_class(ways, shots, features.dtype),
            features[support_rows:],
            class_by_class(ways, queries, features.dtype),
            **targets,
        )
        return phi, loss, metrics["query_accuracy"]


def task_inputs(resident, batch, input_map, image_shape, dtype):
    """What the base models of a group of tasks see in one inner step.

    Args:
        resident: `Resident`.
        batch: `TaskBatch` of one step, without the `steps` axis.
        input_map: `InputMap` or `PixelMap`, leading `tasks` axis.
        image_shape: `(height, width, channels)` if images are augmented, else `()`.
        dtype: of the result.

    Returns:
        Examples of inner, support and query in this order, `(tasks, rows, inputs)`.
    """
    rows = ops.concatenate([batch.inner, batch.support, batch.query], axis=-1)
    images = read_examples(
        resident, rows, batch.coefficients, batch.noise, image_shape, dtype
    )
    return apply_input_map(images, input_map)


def class_by_class(ways, examples, dtype):
    """One-hot targets of examples ordered by class, `(ways * examples, ways)`."""
    labels = np.repeat(np.arange(ways), examples)
    return ops.one_hot(labels, ways, dtype=dtype)
