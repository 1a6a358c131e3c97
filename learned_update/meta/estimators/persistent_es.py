"""Persistent evolution strategies (Vicol, Metz, Sohl-Dickstein, ICML 2021)."""

from typing import NamedTuple

from keras import ops

from learned_update.meta.estimators.antithetic import begun, pair_truncation, shaped


class PersistentES(NamedTuple):
    """Losses are credited to the sum of all perturbations of an unroll so far.

    Every truncation has a perturbation of its own; two unrolls with opposite ones are
    carried on, and so is their sum xi: gradient = xi (L+ - L-) / (2 sigma^2) (Vicol et
    al., eq. 8, antithetic). It is unbiased for the smoothed objective of the whole
    unroll, whatever the truncation; its variance grows with the unroll's length.

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
        """All unrolls at the same phi, and no perturbation yet."""
        return begun(phi, self.pairs, [ops.zeros_like(each) for each in noise])

    def __call__(self, step, theta, carried, data):
        """As `pair_truncation`."""
        applied = shaped(data.noise, theta, self.pairs, self.sigma)
        before = shaped(carried.perturbation, theta, self.pairs)
        credited = [x + y for x, y in zip(before, applied, strict=True)]
        return pair_truncation(
            step, theta, carried, applied, credited, data, self.sigma, self.clip_norm
        )
