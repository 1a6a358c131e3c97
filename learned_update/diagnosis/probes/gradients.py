"""Meta-gradients of whole unrolls, in truncations of any length."""

from typing import NamedTuple

import keras
import numpy as np
from keras import ops

from learned_update import backend
from learned_update.meta.meta_gradient import task_gradients
from learned_update.types import TruncationData


class UnrollGradients:
    """Gradients of the mean meta-loss over the inner steps of an unroll, by theta.

    Truncations follow each other through the unroll; the gradients of all are summed,
    weighted by their lengths. So one as long as the unroll gives the gradient itself,
    and shorter ones that without what phi carries across their borders.

    Args:
        step: `TruncatedStep`.
        steps: inner steps of an unroll.
        rematerialise: what the gradient computes again, see `backend.scan`.
    """

    def __init__(self, step, steps, rematerialise="steps"):
        self.steps = steps
        self._by_task = backend.jit(
            lambda theta, phi, data: task_gradients(
                step, theta, phi, data, rematerialise
            )
        )
        self._step = step
        self._estimators = {}

    def by_backpropagation(self, theta, tasks, length):
        """Every task's gradient, `(tasks, numbers of theta)` float64.

        Args:
            theta: values for the rule's trainable variables, tensors.
            tasks: `ProbeTasks`.
            length: inner steps of a truncation; the last one may be shorter.
        """
        total, phi = 0.0, tasks.phi
        for first, count in _truncations(self.steps, length):
            result = self._by_task(theta, phi, self._data(tasks, first, count))
            phi = result.phi
            total = total + count / self.steps * _flat(result.gradients, axes=1)
        return total

    def by_estimator(self, estimator, theta, tasks, length, rng):
        """Mean over the tasks of what an estimator with noise gives, flat float64.

        Args:
            estimator: as `meta.estimators` describes; it should not clip.
            theta: values for the rule's trainable variables, tensors.
            tasks: `ProbeTasks`.
            length: inner steps of a truncation.
            rng: NumPy generator of the noise.
        """
        if estimator not in self._estimators:
            self._estimators[estimator] = (
                backend.jit(estimator.begin),
                backend.jit(
                    lambda theta, carried, data: estimator(
                        self._step, theta, carried, data
                    )
                ),
            )
        begin, truncation = self._estimators[estimator]
        total, carried = 0.0, None
        for first, count in _truncations(self.steps, length):
            noise = tuple(
                ops.convert_to_tensor(
                    rng.standard_normal(
                        (len(tasks.datasets), estimator.pairs, *x.shape)
                    ),
                    x.dtype,
                )
                for x in theta
            )
            if carried is None:
                carried = begin(tasks.phi, noise)
            data = self._data(tasks, first, count)._replace(noise=noise)
            result = truncation(theta, carried, data)
            carried = result.phi
            total = total + count / self.steps * _flat(result.gradient, axes=0)
        return total

    def _data(self, tasks, first, count):
        """What one truncation reads, as long as the unroll: one trace serves all."""

        def cut(part):
            kept = part[first : first + count]
            return ops.convert_to_tensor(
                np.pad(kept, [(0, self.steps - count)] + [(0, 0)] * (part.ndim - 1))
            )

        return TruncationData(
            tasks.resident,
            tasks.input_map,
            keras.tree.map_structure(cut, tasks.batch),
            ops.convert_to_tensor(np.int32(count)),
        )


class NoisyEstimate(NamedTuple):
    """How an estimate with noise lies to a gradient that is known.

    Attributes:
        cosine: of the mean of all samples with the gradient.
        share: length of the mean along the gradient, over the gradient's own: 1 where
            there is no bias.
        error: standard error of `share`.
    """

    cosine: float
    share: float
    error: float


def cosine(a, b):
    """Cosine of the angle between two flat gradients; NaN if one is not finite or 0."""
    norms = np.linalg.norm(a) * np.linalg.norm(b)
    if not (np.isfinite(norms) and norms > 0):
        return np.nan
    return float(np.clip(a @ b / norms, -1.0, 1.0))


def noisy_estimate(samples, gradient):
    """`NoisyEstimate` of independent samples.

    Args:
        samples: `(samples, numbers of theta)`, at least two.
        gradient: `(numbers of theta,)`.
    """
    shares = samples @ gradient / (gradient @ gradient)
    return NoisyEstimate(
        cosine(samples.mean(0), gradient),
        float(shares.mean()),
        float(shares.std(ddof=1) / np.sqrt(len(shares))),
    )


def _truncations(steps, length):
    """`(first inner step, inner steps)` of the truncations of an unroll."""
    return [(first, min(length, steps - first)) for first in range(0, steps, length)]


def _flat(tensors, axes):
    """All numbers of tensors side by side, after their first axes; NumPy float64."""
    arrays = [ops.convert_to_numpy(x).astype(np.float64) for x in tensors]
    return np.concatenate([x.reshape(*x.shape[:axes], -1) for x in arrays], axis=-1)
