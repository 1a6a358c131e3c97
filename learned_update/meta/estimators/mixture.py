"""Backpropagation and evolution strategies, weighed by their variances."""

from typing import NamedTuple

from keras import ops

from learned_update import backend
from learned_update.meta.estimators.truncated_es import perturbed_truncation
from learned_update.meta.meta_gradient import (
    MetaGradient,
    clipped,
    per_task_norm,
    task_gradients,
)

SMALLEST = 1e-30  # variance; keeps the weights finite where a task is alone


class Mixture(NamedTuple):
    """Truncated backpropagation and truncated ES of the same truncation.

    gradient = (g_b / v_b + g_e / v_e) / (1 / v_b + 1 / v_e), where g are means over the
    tasks and v the variances of all their numbers over the tasks (Metz et al., ICML
    2019, "Understanding and correcting pathologies in the training of learned
    optimizers"; there over samples). Where backpropagation explodes, ES takes over.

    Attributes:
        clip_norm: bound of the global norm of a task's gradient, of either kind.
        rematerialise: what the gradient computes again, see `backend.scan`.
        sigma: standard deviation of a perturbation.
        pairs: of perturbed truncations per task.
    """

    clip_norm: float
    rematerialise: str = "steps"
    sigma: float = 0.01
    pairs: int = 1

    perturbs = True

    def begin(self, phi, noise):
        """Phi alone."""
        del noise
        return phi

    def __call__(self, step, theta, carried, data):
        """`MetaGradient`, of which the norm is that of backpropagation."""
        by_pairs, result = perturbed_truncation(
            step, theta, carried, data, self.sigma, self.pairs
        )
        back = task_gradients(step, theta, carried, data, self.rematerialise)
        norm = per_task_norm(back.gradients) + 0.0 * per_task_norm(by_pairs)
        for phi in (*result.phis, back.phi):
            leaves = [leaf for layer in phi.layers for leaf in layer]
            norm = norm + 0.0 * per_task_norm(leaves)
        kinds = [
            clipped(back.gradients, per_task_norm(back.gradients), self.clip_norm),
            clipped(by_pairs, per_task_norm(by_pairs), self.clip_norm),
        ]
        weights = [1.0 / (_variance(gradients) + SMALLEST) for gradients in kinds]
        means = [[backend.mean(x, axis=0) for x in gradients] for gradients in kinds]
        return MetaGradient(
            gradient=[
                (weights[0] * x + weights[1] * y) / (weights[0] + weights[1])
                for x, y in zip(*means, strict=True)
            ],
            phi=back.phi,
            loss=back.loss,
            query_accuracy=back.query_accuracy,
            norm=norm,
        )


def _variance(gradients):
    """Sum over all numbers of their variances over the tasks."""
    means = [backend.mean(x, axis=0, keepdims=True) for x in gradients]
    return sum(
        ops.sum(backend.mean(ops.square(x - mean), axis=0))
        for x, mean in zip(gradients, means, strict=True)
    )
