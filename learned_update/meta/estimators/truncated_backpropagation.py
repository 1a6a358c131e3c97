"""Truncated backpropagation through time."""

from typing import NamedTuple

from learned_update.meta.meta_gradient import meta_gradient


class TruncatedBackpropagation(NamedTuple):
    """The gradient through the inner steps of one truncation.

    It has no noise, but is biased: how theta moved the phi that a truncation begins
    with is left out. If a truncation is a whole unroll, it is the full gradient.

    Attributes:
        clip_norm: bound of the global norm of a task's gradient.
        rematerialise: what the gradient computes again, see `backend.scan`.
    """

    clip_norm: float
    rematerialise: str = "steps"

    perturbs = False

    def begin(self, phi, noise):
        """Phi alone."""
        del noise
        return phi

    def __call__(self, step, theta, carried, data):
        """As `meta_gradient`."""
        return meta_gradient(
            step, theta, carried, data, self.clip_norm, self.rematerialise
        )
