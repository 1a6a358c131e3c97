"""A domain that gets worse while the meta-loss improves, as the paper saw on IMDB."""

import math
from typing import NamedTuple

import numpy as np

from learned_update.evaluation.held_out.log import HeldOutScore, best_score
from learned_update.evaluation.results.intervals import Estimate, paired_interval


class Worsening(NamedTuple):
    """What got worse, and by how much.

    Attributes:
        best: the best `HeldOutScore` of the domain.
        now: the latest.
        drop: `Estimate` of the accuracy lost since, on the same trials.
        loss_then: mean meta-loss at the best.
        loss_now: mean meta-loss at the latest.
    """

    best: HeldOutScore
    now: HeldOutScore
    drop: Estimate
    loss_then: float
    loss_now: float

    def __str__(self):
        return (
            f"Held-out domain {self.now.domain} got worse while the meta-loss "
            f"improved: accuracy {self.best.accuracy:.1%} after outer step "
            f"{self.best.outer_step}, {self.now.accuracy:.1%} after outer step "
            f"{self.now.outer_step} (lost {100 * self.drop.mean:.1f} ± "
            f"{100 * self.drop.half_width:.1f} points, 95 % interval on the same "
            f"trials); mean meta-loss {self.loss_then:.4g}, then {self.loss_now:.4g}."
        )


def worsened(history, losses, window):
    """Whether the latest evaluation of a domain is worse than the best before it.

    It is if the whole 95 % interval of the paired difference lies below the best and
    the mean of the last meta-losses is smaller than it was at the best.

    Args:
        history: `HeldOutScore`s of one domain, ascending, at least one.
        losses: `{outer step: meta-loss}`, from 1 on.
        window: outer steps that a mean of meta-losses is over.

    Returns:
        `Worsening`, or None.

    Note:
        The best of many evaluations is in part the luckiest, so a small drop is
        announced somewhat more often than one time in forty where there is none.
    """
    *past, now = history
    best = best_score(past)
    if best is None:
        return None
    drop = paired_interval(_episodes(best), _episodes(now))
    then = mean_loss(losses, best.outer_step, window)
    since = mean_loss(losses, now.outer_step, window)
    if drop.mean - drop.half_width > 0 and since < then:
        return Worsening(best, now, drop, then, since)
    return None


def announced(history):
    """Whether an evaluation since the best of a domain was already marked as worse."""
    best = best_score(history)
    return best is not None and any(
        score.worse for score in history if score.outer_step > best.outer_step
    )


def mean_loss(losses, outer_step, window):
    """Mean of the last `window` meta-losses up to an outer step, NaN ones left out.

    Before there are as many it is the mean of the first ones; NaN if there is none.
    """
    last = max(outer_step, window)
    steps = range(last - window + 1, last + 1)
    known = [
        losses[step] for step in steps if math.isfinite(losses.get(step, math.nan))
    ]
    return float(np.mean(known)) if known else math.nan


def _episodes(score):
    """Scores as `(data sets, initialisations, 1)`: episodes are averaged already."""
    return np.asarray(score.scores)[..., None]
