"""The figure of accuracy over the number of features."""

import numpy as np

from learned_update.evaluation.results.figures import COLOURS, DASHES, PANEL
from learned_update.evaluation.results.intervals import crossed_interval
from learned_update.reproductions.shared.plots import ACCURACY, axes_of


def features_figure(scores, counts):
    """A panel per data set, a line per method; where it gives none, none.

    Args:
        scores: `{(data set, features): {Column: (initialisations, episodes)}}`.
        counts: the numbers of features.

    Returns:
        A `Figure`.
    """
    titles = list(dict.fromkeys(title for title, _ in scores))
    columns = list(dict.fromkeys(column for each in scores.values() for column in each))
    width = 1.1 if len(titles) > 1 else 1.8  # the legend needs its room
    figure, axes = axes_of(1, len(titles), (PANEL[0] * width, PANEL[1] * 1.3))
    for axis, title in zip(axes, titles, strict=True):
        for index, column in enumerate(columns):
            known = [n for n in counts if column in scores[title, n]]
            if not known:
                continue
            estimates = [crossed_interval(scores[title, n][column]) for n in known]
            mean, half_width = 100 * np.array(estimates).T
            axis.errorbar(
                known,
                mean,
                np.nan_to_num(half_width),
                color=COLOURS[index % len(COLOURS)],
                marker="o" if index < len(COLOURS) else "s",
                ms=3,
                lw=2 if index == 0 else 1,
                elinewidth=0.6,
                linestyle="-" if index == 0 else DASHES[index % len(DASHES)],
                label=str(column),
            )
        axis.set_xscale("log")
        axis.set_xticks(counts, list(map(str, counts)))
        axis.minorticks_off()
        axis.set(title=title, xlabel="features")
    axes[0].set_ylabel(ACCURACY)
    handles = {
        label: handle
        for axis in axes
        for handle, label in zip(*axis.get_legend_handles_labels(), strict=True)
    }
    figure.legend(
        handles.values(),
        handles.keys(),
        loc="outside lower center",
        ncols=3 if len(titles) > 1 else 2,
        frameon=False,
        fontsize="small",
    )
    return figure
