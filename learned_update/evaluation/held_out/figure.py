"""The figure of held-out accuracy and meta-loss over outer steps."""

import numpy as np
from matplotlib.figure import Figure

from learned_update.evaluation.held_out.log import best_score
from learned_update.evaluation.results.figures import (
    COLOURS,
    PANEL,
    SMOOTHED_SHARE,
    running_mean,
)

STAR = 11  # points, of the mark at the best evaluation


def held_out_figure(history, losses):
    """Accuracy of every domain with 95 % intervals, and the meta-loss beside it.

    Args:
        history: `HeldOutScore`s, ascending.
        losses: `{outer step: meta-loss}`, ascending.

    Returns:
        A `Figure`; a star marks the evaluation whose rule is kept.
    """
    figure = Figure(figsize=(2 * PANEL[0], PANEL[1] + 0.5), layout="constrained")
    left, right = figure.subplots(1, 2, sharex=True)
    for axis in (left, right):
        axis.spines[["top", "right"]].set_visible(False)
        axis.set(xlabel="outer step")
    for index, domain in enumerate(dict.fromkeys(score.domain for score in history)):
        course = [score for score in history if score.domain == domain]
        _draw_domain(left, domain, course, COLOURS[index % len(COLOURS)])
    left.set(ylabel="held-out accuracy (%), 95 % interval")
    left.legend(frameon=False, fontsize="small")
    _draw_losses(right, losses)
    return figure


def _draw_domain(axis, domain, course, colour):
    steps = [score.outer_step for score in course]
    mean = 100 * np.array([score.accuracy for score in course])
    half_width = 100 * np.array([score.half_width for score in course])
    axis.fill_between(
        steps, mean - half_width, mean + half_width, color=colour, alpha=0.2, lw=0
    )
    axis.plot(steps, mean, color=colour, marker="o", ms=3, lw=1.8, label=domain)
    best = best_score(course)
    if best is not None:
        axis.plot(
            best.outer_step, 100 * best.accuracy, color=colour, marker="*", ms=STAR
        )


def _draw_losses(axis, losses):
    steps, values = list(losses), np.array(list(losses.values()), np.float64)
    window = max(1, round(SMOOTHED_SHARE * len(values)))
    axis.plot(steps, values, color="0.5", alpha=0.3, lw=0.8, label="outer step")
    axis.plot(
        steps,
        running_mean(values, window),
        color="0.2",
        lw=2,
        label=f"mean of the last {window}",
    )
    axis.set(ylabel="meta-loss")
    axis.legend(frameon=False, fontsize="small")
