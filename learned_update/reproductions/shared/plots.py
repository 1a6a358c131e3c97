"""Figures of the reproductions; colours as in `evaluation.figures`."""

import numpy as np
from matplotlib.figure import Figure

from learned_update.evaluation.results.figures import COLOURS, DASHES, PANEL
from learned_update.evaluation.results.intervals import interval

ACCURACY = "accuracy (%), mean and 95 % interval"
CLASS_COLOURS = np.array([*COLOURS, "#F0E442", "#999999", "#882255"])  # of ten classes
LABEL_PAD = -10  # points: beside axes without numbers
CROSS = 3  # per cent: how high a cross stands for a bar that is missing


def axes_of(rows, columns, panel=PANEL):
    """A figure and its axes in a flat list, no frame at the top and right."""
    figure = Figure(
        figsize=(panel[0] * columns, panel[1] * rows + 0.5), layout="constrained"
    )
    axes = list(figure.subplots(rows, columns, squeeze=False).flat)
    for axis in axes:
        axis.spines[["top", "right"]].set_visible(False)
    return figure, axes


def groups_figure(scores, title):
    """Bars of every method side by side, a group per entry; of one, named bars.

    Args:
        scores: `{entry: {Column: (initialisations, episodes), or (data sets,
            initialisations, episodes)}}`, the first with every column; a cross stands
            where another lacks one.
        title: of the figure.

    Returns:
        A `Figure`.
    """
    entries = list(scores.values())
    columns = list(entries[0])
    if len(entries) == 1:
        (name,) = scores
        return _bars_figure(entries[0], f"{name}: {title}")
    bars = len(entries) * len(columns)
    figure, (axis,) = axes_of(1, 1, (max(1.5 * PANEL[0], 0.22 * bars + 1.5), PANEL[1]))
    thickness = 0.8 / len(columns)
    for index, (column, colour) in enumerate(zip(columns, COLOURS, strict=False)):
        places = np.arange(len(entries)) + (index - (len(columns) - 1) / 2) * thickness
        known = np.array([column in entry for entry in entries])
        estimates = [interval(entry[column]) for entry in entries if column in entry]
        mean, half_width = 100 * np.array(estimates).T
        axis.bar(
            places[known],
            mean,
            thickness,
            yerr=half_width,
            color=colour,
            label=str(column),
            error_kw={"lw": 1, "capsize": 2},
        )
        axis.plot(
            places[~known], np.full(np.sum(~known), CROSS), "x", color=colour, ms=5
        )
    axis.set_xticks(range(len(scores)), list(scores), rotation=20, ha="right")
    axis.set(title=title, ylabel=ACCURACY.replace(", ", ",\n"))
    axis.set_ylim(0, 100)
    figure.legend(loc="outside lower center", ncols=3, frameon=False, fontsize="small")
    return figure


def _bars_figure(entry, title):
    """A bar of each method of an entry, with its name beside it."""
    figure, (axis,) = axes_of(1, 1, (1.5 * PANEL[0], 0.35 * len(entry) + 0.7))
    mean, half_width = 100 * np.array([interval(x) for x in entry.values()]).T
    axis.barh(
        [str(column) for column in entry],
        mean,
        xerr=np.nan_to_num(half_width),
        color=COLOURS[0],
        error_kw={"lw": 1, "capsize": 2},
    )
    for place, value in enumerate(mean):
        axis.text(1, place, f"{value:.1f}", color="white", va="center")
    axis.invert_yaxis()
    axis.set(title=title, xlabel=ACCURACY)
    axis.set_xlim(0, 100)
    return figure


def lines_figure(scores, places, label, title, logarithmic=True):
    """Accuracy of every method over a number, with 95 % intervals.

    Args:
        scores: `{entry: {Column: (initialisations, episodes)}}`.
        places: the number that each entry stands for.
        label: what the number is.
        title: of the figure.
        logarithmic: whether the number's axis is.

    Returns:
        A `Figure`.
    """
    figure, (axis,) = axes_of(1, 1, (PANEL[0] * 1.4, PANEL[1] * 1.2))
    entries = list(scores.values())
    for index, column in enumerate(entries[0]):
        estimates = [interval(entry[column]) for entry in entries]
        mean, half_width = 100 * np.array(estimates).T
        colour = COLOURS[index % len(COLOURS)]
        axis.fill_between(
            places, mean - half_width, mean + half_width, color=colour, alpha=0.15, lw=0
        )
        axis.plot(
            places,
            mean,
            color=colour,
            marker="o",
            ms=3,
            linestyle="-" if index == 0 else DASHES[index % len(DASHES)],
            label=str(column),
        )
    if logarithmic:
        axis.set_xscale("log")
    axis.set_xticks(places, list(map(str, places)))
    axis.minorticks_off()
    axis.set(title=title, xlabel=label, ylabel=ACCURACY)
    figure.legend(loc="outside lower center", ncols=3, frameon=False, fontsize="small")
    return figure


def grid_figure(values, row_names, column_names, labels, title):
    """A table of numbers in colours, with a text in every cell.

    Args:
        values: `(rows, columns)`, NaN where there is none.
        row_names: of the rows.
        column_names: of the columns.
        labels: texts of the cells, rows of them.
        title: of the figure.

    Returns:
        A `Figure`.
    """
    size = (1.1 * len(column_names) + 2, 0.6 * len(row_names) + 1.2)
    figure, (axis,) = axes_of(1, 1, size)
    picture = axis.imshow(values, cmap="cividis", aspect="auto")
    axis.set_xticks(range(len(column_names)), column_names)
    axis.set_yticks(range(len(row_names)), row_names)
    middle = np.nanmean(values) if np.isfinite(values).any() else 0
    for (row, column), value in np.ndenumerate(values):
        dark = np.isfinite(value) and value < middle
        axis.text(
            column,
            row,
            labels[row][column],
            ha="center",
            va="center",
            fontsize="small",
            color="white" if dark else "black",
        )
    axis.set(title=title, xlabel="units per layer", ylabel="layers")
    figure.colorbar(picture, ax=axis, label="accuracy (%)")
    return figure


def scatter_figure(projections, labels):
    """Principal components of representations, a row per data set.

    Args:
        projections: `{data set: {title: (examples, 3)}}`.
        labels: `{data set: (examples,)}`.

    Returns:
        A `Figure` of three-dimensional panels.
    """
    rows, columns = len(projections), len(next(iter(projections.values())))
    figure = Figure(figsize=(3.6 * columns, 3.4 * rows), layout="constrained")
    axes = figure.subplots(
        rows, columns, squeeze=False, subplot_kw={"projection": "3d"}
    )
    for row, (dataset, panels) in zip(axes, projections.items(), strict=True):
        for axis, (title, points) in zip(row, panels.items(), strict=True):
            colours = CLASS_COLOURS[np.asarray(labels[dataset]) % len(CLASS_COLOURS)]
            axis.scatter(*points.T, c=colours, s=4, alpha=0.7, linewidths=0)
            axis.set_title(f"{dataset}: {title}", fontsize="small")
            axis.set(xticklabels=[], yticklabels=[], zticklabels=[])
            axis.set_xlabel("PC 1", labelpad=LABEL_PAD)
            axis.set_ylabel("PC 2", labelpad=LABEL_PAD)
            axis.set_zlabel("PC 3", labelpad=LABEL_PAD)
            axis.set_box_aspect(None, zoom=0.85)  # or the last label is cut off
    return figure


def cumulative_figure(curves):
    """Share of the variance that the first principal components explain.

    Args:
        curves: `{label: (components,)}`, from 0 to 1.

    Returns:
        A `Figure`.
    """
    figure, (axis,) = axes_of(1, 1, (PANEL[0] * 1.3, PANEL[1] * 1.2))
    for index, (label, curve) in enumerate(curves.items()):
        axis.plot(
            np.arange(1, len(curve) + 1),
            100 * np.asarray(curve),
            color=COLOURS[index % len(COLOURS)],
            linestyle="-" if index % 2 else DASHES[1],
            marker="o",
            ms=3,
            label=label,
        )
    axis.set(xlabel="principal components", ylabel="variance explained (%)")
    axis.set_ylim(0, 102)
    axis.legend(frameon=False, fontsize="small")
    return figure
