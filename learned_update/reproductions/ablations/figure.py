"""The figure of the ablation: what every arm differs by from the whole rule."""

import math

from learned_update.evaluation.results.figures import COLOURS
from learned_update.reproductions.ablations.table import FAILED, shown_datasets
from learned_update.reproductions.shared import plots

ROW_INCHES = 0.24  # height of an arm
LABEL_INCHES = 2.6  # width of the names of arms
PANEL_INCHES = 3.4
# What an interval says: colour and marker, so that neither is needed.
KINDS = {
    "worse": (COLOURS[4], "v"),
    "no difference seen": ("0.45", "o"),
    "better": (COLOURS[0], "^"),
}


def ablation_figure(rows, reference, title):
    """Differences with intervals, a panel per data set, sorted by their mean.

    Args:
        rows: `AblationRow`s.
        reference: name of the arm that the others are compared with.
        title: of the figure.

    Returns:
        A `Figure`.
    """
    shown = shown_datasets(rows)
    gaps = {}
    for row in rows:
        if row.dataset in shown and row.arm != reference:
            gap = (100 * row.difference, 100 * row.difference_half_width)
            gaps.setdefault(row.arm, []).append(gap)
    order = sorted(gaps, key=lambda arm: _place(gaps[arm]))
    width = PANEL_INCHES + LABEL_INCHES / len(shown)
    height = ROW_INCHES * len(order) + 1.3
    figure, axes = plots.axes_of(1, len(shown), (width, height))
    for panel, (axis, dataset) in enumerate(zip(axes, shown, strict=True)):
        axis.axvline(0, color="0.7", lw=1)
        for place, arm in enumerate(order):
            _draw(axis, place, *gaps[arm][panel])
        axis.set_yticks(range(len(order)), order if panel == 0 else [])
        axis.set_ylim(-0.7, len(order) - 0.3)
        axis.grid(axis="y", color="0.92")
        axis.set_axisbelow(True)
        axis.set(title=dataset, xlabel=f"difference to the {reference} (points)")
    figure.suptitle(title, fontsize="medium")
    for kind, (colour, marker) in KINDS.items():
        axes[0].plot([], [], color=colour, marker=marker, label=kind)
    figure.legend(
        *axes[0].get_legend_handles_labels(),
        loc="outside lower center",
        ncols=len(KINDS),
        frameon=False,
        fontsize="small",
    )
    return figure


def _place(gaps):
    """Mean over the panels; what failed goes to the bottom."""
    mean = sum(gap for gap, _ in gaps) / len(gaps)
    return -math.inf if math.isnan(mean) else mean


def _draw(axis, place, gap, half_width):
    if math.isnan(gap):
        axis.text(0, place, f" {FAILED}", va="center", fontsize="small", color="0.3")
        return
    colour, marker = KINDS[_kind(gap, half_width)]
    error = None if math.isnan(half_width) else half_width
    axis.errorbar(
        gap, place, xerr=error, color=colour, marker=marker, ms=5, lw=1.4, capsize=2
    )


def _kind(gap, half_width):
    if not abs(gap) > half_width:  # nor if no interval is known
        return "no difference seen"
    return "better" if gap > 0 else "worse"
