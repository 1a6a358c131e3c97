"""Evolution strategies with one perturbation per unroll."""

from typing import NamedTuple

from learned_update.meta.estimators.antithetic import begun, pair_truncation, shaped


class SingleES(NamedTuple):
    """Every truncation of an unroll has the perturbation that the unroll began with.

    Two unrolls with opposite perturbations epsilon are carried on: gradient = epsilon
    (L+ - L-) / (2 sigma^2) (ES-Single, Vicol 2023; NRES, Li et al. 2023). Unbiased for
    the smoothed objective of the whole unroll, with less variance than `PersistentES`
    where truncations resemble each other.

    Attributes:
        clip_norm: bound of the global norm of a task's gradient.
        sigma: standard deviation of a perturbation.
        pairs: of unrolls per task.
    """

    clip_norm: float
    sigma: float = 0.01
    pairs: int = 1

    perturbs = True

    def begin(self, phi, noise):
        """All unrolls at the same phi, and the perturbation of all of the unroll."""
        return begun(phi, self.pairs, [self.sigma * each for each in noise])

    def __call__(self, step, theta, carried, data):
        """As `pair_truncation`."""
        same = shaped(carried.perturbation, theta, self.pairs)
        return pair_truncation(
            step, theta, carried, same, same, data, self.sigma, self.clip_norm
        )
