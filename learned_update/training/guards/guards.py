"""When a run is taken to go wrong, and what is done about it."""

import math
from typing import NamedTuple

import gin

from learned_update.errors import invalid


class Guards(NamedTuple):
    """Bounds of a run.

    Attributes:
        largest_growth: an unroll begins anew if the norm of its phi is more than so
            many times that of an initial one.
        skipped_in_a_row: so many outer steps one after the other without a finite
            gradient take the run back to the last good checkpoint.
        smaller_rate: by which the steps of theta are then multiplied.
        rollbacks: how often; then the run stops.
        dead_share: the rule is named as dead if for `dead_steps` the gradient's norm
            stays below this share of what it was, up to `clip_norm`; or the spread of
            the meta-loss below this share of what it was.
        dead_steps: outer steps.
    """

    largest_growth: float = 1e4
    skipped_in_a_row: int = 5
    smaller_rate: float = 0.5
    rollbacks: int = 3
    dead_share: float = 1e-3
    dead_steps: int = 10


gin.external_configurable(Guards, module="learned_update")


def check_guards(guards):
    """Raises `ValueError` for bounds that make no sense."""
    for name, least, largest in (
        ("largest_growth", 1, math.inf),
        ("skipped_in_a_row", 1, math.inf),
        ("smaller_rate", 0, 1),
        ("rollbacks", 0, math.inf),
        ("dead_share", 0, 1),
        ("dead_steps", 3, math.inf),
    ):
        if not least <= getattr(guards, name) <= largest:
            raise invalid(
                f"A guard's {name} makes no sense.",
                expected=f"{least} <= {name} <= {largest}",
                received=f"{name}={getattr(guards, name)!r}",
                remedy="Leave it out: there is a default.",
            )
