"""The figure of the comparison of estimators."""

import numpy as np

from learned_update.evaluation.results.figures import COLOURS, DASHES
from learned_update.reproductions.estimators.table import accuracies, curves
from learned_update.reproductions.shared import plots

MARKERS = "osD^vP"
PANEL = (4.4, 3.6)  # inches


def estimators_figure(rows, scored):
    """Meta-loss over compute, a thin line per seed, and held-out accuracies.

    Args:
        rows: `EstimatorRow`s.
        scored: `{name: Arm}`.

    Returns:
        A `Figure`.
    """
    found = accuracies(scored)
    figure, (left, *right) = plots.axes_of(1, 1 + len(found), PANEL)
    styles = {
        name: {
            "color": COLOURS[index % len(COLOURS)],
            "linestyle": "-" if index == 0 else DASHES[index % len(DASHES)],
            "marker": MARKERS[index % len(MARKERS)],
        }
        for index, name in enumerate(scored)
    }
    for name, style in styles.items():
        runs = list(curves(rows, name).values())
        for run in runs:
            left.plot(
                [row.passes for row in run],
                [row.meta_loss for row in run],
                color=style["color"],
                alpha=0.3,
                lw=0.8,
            )
        left.plot(
            np.mean([[row.passes for row in run] for run in runs], axis=0),
            np.mean([[row.meta_loss for row in run] for run in runs], axis=0),
            label=name,
            lw=2,
            ms=4,
            **style,
        )
    left.set(
        xlabel="forward passes of inner steps (a gradient: 4)",
        ylabel="meta-loss over whole unrolls",
        title="training tasks; thin: one seed",
    )
    for axis, (dataset, estimates) in zip(right, found.items(), strict=True):
        for place, name in enumerate(styles):
            mean, half_width = (100 * number for number in estimates[name])
            style = {**styles[name], "linestyle": "none"}
            axis.errorbar(mean, -place, xerr=half_width, capsize=3, **style)
        axis.set_yticks(range(0, -len(styles), -1), [""] * len(styles))
        axis.grid(axis="y", color="0.92")
        axis.set(title=dataset, xlabel="held-out accuracy (%), 95 % interval")
    if right:
        right[0].set_yticks(range(0, -len(styles), -1), list(styles))
    figure.legend(
        *left.get_legend_handles_labels(),
        loc="outside lower center",
        ncols=3,
        frameon=False,
        fontsize="small",
    )
    return figure
