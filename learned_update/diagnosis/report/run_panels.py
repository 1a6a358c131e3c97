"""Panels of what a run has written: its losses, gradients, counts and seconds."""

import numpy as np

from learned_update.evaluation.results.figures import (
    COLOURS,
    SMOOTHED_SHARE,
    running_mean,
)

COUNTS = {
    "skipped": "steps skipped",
    "exploded": "unrolls exploded",
    "rolled_back": "returns to a checkpoint",
    "dead_rule": "steps with a dead rule",
}
_KEPT_LINES = 6  # families that have a line of their own


def column(metrics, name):
    """One number per outer step; NaN where a row lacks it."""
    return np.array([row.get(name, np.nan) for row in metrics], np.float64)


def counts(metrics):
    """`{what: how often}` of what went wrong, in words."""
    last = metrics[-1] if metrics else {}
    found = {
        words: int(last.get(name, 0))
        for name, words in COUNTS.items()
        if name != "dead_rule"
    }
    found[COUNTS["dead_rule"]] = int(np.nansum(column(metrics, "dead_rule")))
    return found


def family_columns(metrics, lead="meta_loss/"):
    """`{family: numbers}` of the metrics that say a loss per task family."""
    names = dict.fromkeys(
        name for row in metrics for name in row if name.startswith(lead)
    )
    return {name.removeprefix(lead): column(metrics, name) for name in names}


def draw_losses(axis, findings):
    """Meta-loss over outer steps, per family where there are several."""
    metrics = findings.metrics
    steps = column(metrics, "outer_step")
    window = max(1, round(SMOOTHED_SHARE * len(steps)))
    losses = column(metrics, "meta_loss")
    axis.plot(steps, losses, color="0.5", alpha=0.4, lw=0.7)
    axis.plot(
        steps, running_mean(losses, window), color="0.15", lw=2, label="all tasks"
    )
    families = family_columns(metrics)
    shown = list(families.items())[:_KEPT_LINES] if len(families) > 1 else []
    for (name, values), colour in zip(shown, COLOURS, strict=False):
        axis.plot(steps, running_mean(values, window), color=colour, lw=1.4, label=name)
    axis.set(
        title="meta-loss of the run",
        xlabel="outer step",
        ylabel=f"mean of the last {window} steps",
    )
    axis.legend(frameon=False, fontsize="small")


def draw_gradient_norms(axis, findings):
    """Norm of the tasks' gradients over outer steps, and what was not taken."""
    metrics = findings.metrics
    steps, norms = column(metrics, "outer_step"), column(metrics, "gradient_norm")
    largest = column(metrics, "largest_gradient_norm")
    axis.plot(steps, largest, color=COLOURS[1], lw=0.8, label="largest of the tasks")
    axis.plot(steps, norms, color=COLOURS[0], lw=1.2, label="median of the tasks")
    if np.nanmax([*norms, 0.0]) > 0:
        axis.set_yscale("log")
    skipped = np.flatnonzero(np.diff(column(metrics, "skipped"), prepend=0) > 0)
    axis.plot(
        steps[skipped],
        np.full(len(skipped), 0.04),
        "x",
        color=COLOURS[4],
        transform=axis.get_xaxis_transform(),
        label="step skipped",
    )
    said = [f"{number} {words}" for words, number in counts(metrics).items()]
    axis.set(xlabel="outer step", ylabel="norm")
    axis.set_title(
        f"gradient of the run\n{', '.join(said[:2])},\n{', '.join(said[2:])}",
        fontsize="small",
    )
    axis.legend(frameon=False, fontsize="small", loc="upper right")


def _shown(milliseconds):
    return (
        f"{milliseconds:,.0f} ms" if milliseconds >= 100 else f"{milliseconds:.3g} ms"
    )


def draw_seconds(axis, findings):
    """Seconds of the parts of an outer step, on a logarithmic axis."""
    parts = dict(findings.seconds)
    seconds = column(findings.metrics, "seconds")
    if np.isfinite(seconds).any():
        parts = {"outer step of the run": float(np.nanmedian(seconds)), **parts}
    if findings.held_out:
        parts["evaluation, held out"] = float(
            np.median([score["seconds"] for score in findings.held_out])
        )
    places = -np.arange(len(parts))
    values = 1000 * np.array(list(parts.values()))
    axis.barh(places, values, color=COLOURS[5], height=0.65)
    axis.set_yticks(places, list(parts))
    axis.set_xscale("log")
    axis.set_xlim(left=min(values.min() / 3, 1.0), right=values.max() * 6)
    for place, value in zip(places, values, strict=True):
        axis.text(value * 1.15, place, _shown(value), va="center", fontsize="small")
    axis.set(title="time of the parts", xlabel="milliseconds, median")
