"""Signs that a run goes wrong: pure functions of its metrics so far."""

import numpy as np

SMOOTHED = 3  # outer steps of a median, which one outlier does not move


def skipped_in_a_row(skipped):
    """How many of the last outer steps were skipped, one after the other.

    Args:
        skipped: skipped outer steps so far, after every outer step, ascending.
    """
    steps = np.diff(np.concatenate([[0], np.asarray(skipped, np.int64)])) > 0
    taken = np.flatnonzero(~steps)
    return len(steps) - 1 - taken[-1] if len(taken) else len(steps)


def vanished_gradient(norms, clip_norm, share, steps):
    """Whether gradients are next to nothing, compared with what they were.

    What they were is the largest median of `SMOOTHED` outer steps before the last
    `steps`, and no more than `clip_norm`, as what is clipped was no larger.

    Args:
        norms: of the gradient after every outer step; NaN where it is not finite.
        clip_norm: bound of the norm of one task's gradient.
        share: of what they were.
        steps: outer steps in which all are smaller.
    """
    return _collapsed(norms, share, steps, clip_norm)


def vanished_spread(losses, share, steps):
    """Whether the meta-loss hardly differs any more from outer step to outer step.

    Args:
        losses: meta-loss after every outer step; NaN where it is not finite.
        share: of its spread before.
        steps: outer steps in which it does not.
    """
    differences = np.abs(np.diff(np.asarray(losses, np.float64)))
    return _collapsed(differences, share, steps, np.inf)


def _collapsed(values, share, steps, bound):
    values = np.asarray(values, np.float64)
    before, last = values[:-steps], values[-steps:]
    if len(before) < SMOOTHED or not np.isfinite(last).all():
        return False
    windows = np.lib.stride_tricks.sliding_window_view(before, SMOOTHED)
    medians = np.median(windows, axis=1)
    medians = medians[np.isfinite(medians)]
    return bool(len(medians) and last.max() < share * min(medians.max(), bound))
