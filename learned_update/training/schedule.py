"""How long truncations and unrolls are: both sampled, against truncation bias."""

import math
from typing import NamedTuple

import gin
import numpy as np

from learned_update.errors import invalid


class Schedule(NamedTuple):
    """Distributions of the lengths, in inner steps (paper, meta-training).

    Attributes:
        truncation_lengths: one of them is drawn at every outer step; one compiled
            function serves all.
        unroll_lengths: least and largest total of an unroll, drawn log-uniformly.
    """

    truncation_lengths: tuple[int, ...] = (6, 8, 10)
    unroll_lengths: tuple[int, int] = (10, 200)

    def draw_truncation_length(self, rng: np.random.Generator) -> int:
        """Inner steps of one truncation."""
        return int(rng.choice(self.truncation_lengths))

    def draw_unroll_length(self, rng: np.random.Generator) -> int:
        """Inner steps after which a task starts again."""
        least, largest = self.unroll_lengths
        length = math.exp(rng.uniform(math.log(least), math.log(largest)))
        return min(max(round(length), least), largest)


gin.external_configurable(Schedule, module="learned_update")


def check_schedule(schedule):
    """Raises `ValueError` unless all lengths are positive and in order."""
    least, largest = schedule.unroll_lengths
    if not schedule.truncation_lengths or min(schedule.truncation_lengths) < 1:
        raise invalid(
            "A truncation needs at least one inner step.",
            expected="truncation_lengths >= 1",
            received=f"{schedule.truncation_lengths}",
            remedy="Use, for example, (6, 8, 10).",
        )
    if not 1 <= least <= largest:
        raise invalid(
            "The range of unroll lengths is empty.",
            expected="1 <= least <= largest",
            received=f"{schedule.unroll_lengths}",
            remedy="Use, for example, (10, 200).",
        )
