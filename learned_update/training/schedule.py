"""How long truncations and unrolls are: both sampled, against truncation bias."""

import math
from typing import NamedTuple

import gin
import numpy as np

from learned_update.errors import invalid


class Schedule(NamedTuple):
    """Distributions of the lengths, in inner steps (paper, meta-training).

    Unrolls may grow with the run: the largest total at outer step t is
    f (L / f)^min(t / growth, 1), f being `first_longest` and L the largest of
    `unroll_lengths`. It is a function of the outer step at which an unroll begins.

    Attributes:
        truncation_lengths: one of them is drawn at every outer step; one compiled
            function serves all.
        unroll_lengths: least and largest total of an unroll, drawn log-uniformly.
        first_longest: largest total at the first outer step; None for that of
            `unroll_lengths` from the beginning.
        growth: outer steps after which the largest total is that of `unroll_lengths`.
    """

    truncation_lengths: tuple[int, ...] = (6, 8, 10)
    unroll_lengths: tuple[int, int] = (10, 200)
    first_longest: int | None = None
    growth: int = 0

    def draw_truncation_length(self, rng: np.random.Generator) -> int:
        """Inner steps of one truncation."""
        return int(rng.choice(self.truncation_lengths))

    def longest_unroll(self, outer_step: int) -> float:
        """Largest total of an unroll that begins at an outer step."""
        largest = self.unroll_lengths[1]
        if self.first_longest is None:
            return largest
        share = min(outer_step / self.growth, 1.0)
        return self.first_longest * (largest / self.first_longest) ** share

    def draw_unroll_length(self, rng: np.random.Generator, outer_step: int = 0) -> int:
        """Inner steps after which a task that begins at an outer step begins again."""
        least, largest = self.unroll_lengths[0], self.longest_unroll(outer_step)
        length = math.exp(rng.uniform(math.log(least), math.log(largest)))
        return min(max(round(length), least), self.unroll_lengths[1])


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
    first, growth = schedule.first_longest, schedule.growth
    grows = first is not None and growth >= 1 and least <= first <= largest
    if not grows and (first, growth) != (None, 0):
        raise invalid(
            "Unrolls cannot grow like this.",
            expected=f"Schedule.first_longest from {least} to {largest}, as "
            "unroll_lengths, and Schedule.growth of at least 1 outer step; or neither",
            received=f"first_longest={first}, growth={growth}",
            remedy="Use, for example, first_longest = 20 and growth = 500.",
        )
