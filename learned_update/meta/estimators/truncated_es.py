"""Truncated evolution strategies, with antithetic pairs."""

from typing import NamedTuple

from learned_update.meta.estimators.antithetic import (
    both_ways,
    pair_gradient,
    shaped,
    unrolled_side_by_side,
)
from learned_update.meta.meta_gradient import MetaGradient, clipped_mean


class TruncatedES(NamedTuple):
    """The difference of two truncations that begin at the same phi.

    gradient = epsilon (L+ - L-) / (2 sigma^2). The unroll itself goes on with theta as
    it is. As biased as truncated backpropagation, but of the smoothed objective, whose
    gradient does not explode where the inner steps are chaotic.

    Attributes:
        clip_norm: bound of the global norm of a task's gradient.
        sigma: standard deviation of a perturbation.
        pairs: of truncations per task.
    """

    clip_norm: float
    sigma: float = 0.01
    pairs: int = 1

    perturbs = True

    def begin(self, phi, noise):
        """Phi alone."""
        del noise
        return phi

    def __call__(self, step, theta, carried, data):
        """`MetaGradient`; loss and accuracy are those of theta itself."""
        gradients, result = perturbed_truncation(
            step, theta, carried, data, self.sigma, self.pairs
        )
        gradient, norm = clipped_mean(gradients, result.phis, self.clip_norm)
        return MetaGradient(
            gradient=gradient,
            phi=result.phis[0],
            loss=result.losses[0],
            query_accuracy=result.query_accuracies[0],
            norm=norm,
        )


def perturbed_truncation(step, theta, phi, data, sigma, pairs=1):
    """Every task's gradient by antithetic pairs that begin at the same phi.

    Args:
        step: `TruncatedStep`.
        theta: values for `rule.trainable_variables`.
        phi: `Phi`, leading `tasks` axis.
        data: `TruncationData`, with noise.
        sigma: standard deviation of a perturbation.
        pairs: how many.

    Returns:
        `(gradients, result)`: tensors with a leading `tasks` axis, and `SideBySide` of
        theta itself, then of theta in the order of `both_ways`.
    """
    noise = shaped(data.noise, theta, pairs, sigma)
    itself = [x + 0.0 * each[:, 0] for x, each in zip(theta, noise, strict=True)]
    thetas = [itself, *both_ways(theta, noise, pairs)]
    result = unrolled_side_by_side(step, thetas, [phi] * len(thetas), data)
    return pair_gradient(noise, result.losses[1:], sigma), result
