"""The figures of a run. Colours are Okabe and Ito's, safe for the colour-blind."""

import math

import numpy as np
from matplotlib import ticker
from matplotlib.figure import Figure

from learned_update import files
from learned_update.evaluation.results.column import Column
from learned_update.evaluation.results.intervals import interval

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#000000")
DASHES = ((0, (1, 1.5)), (0, (5, 2)), (0, (5, 2, 1, 2)), (0, (9, 3)))
PANEL = (4.2, 3.2)  # inches
DOTS_PER_INCH = 150
SMOOTHED_SHARE = 0.05  # of the outer steps, in the running mean of a meta-loss


def save(figure, path):
    """Writes a figure as PNG."""
    with files.atomic_path(path) as partial:
        figure.savefig(partial, format="png", dpi=DOTS_PER_INCH)


def meta_loss_figure(metrics):
    """Meta-loss, and query accuracy if there is one, over outer steps.

    Args:
        metrics: columns as of `metric_columns`: `outer_step`, `meta_loss` and perhaps
            `query_accuracy`.

    Returns:
        A `Figure`: every outer step faint, a running mean on top.
    """
    labels = {"meta_loss": "meta-loss", "query_accuracy": "query accuracy"}
    names = [name for name in labels if name in metrics]
    figure, axes = _panels(len(names), columns=len(names))
    steps = metrics["outer_step"]
    window = max(1, round(SMOOTHED_SHARE * len(steps)))
    for axis, name, colour in zip(axes, names, COLOURS, strict=False):
        axis.plot(
            steps, metrics[name], color=colour, alpha=0.3, lw=0.8, label="outer step"
        )
        axis.plot(
            steps,
            running_mean(metrics[name], window),
            color=colour,
            lw=2,
            label=f"mean of the last {window}",
        )
        axis.set(xlabel="outer step", ylabel=labels[name])
        axis.legend(frameon=False, fontsize="small")
    return figure


def running_mean(values, window):
    """Mean of the last `window` values, of fewer at the start; NaN ones left out."""
    known = np.isfinite(values)
    sums = np.cumsum(np.where(known, values, 0.0))
    counts = np.cumsum(known)
    sums[window:] -= sums[:-window].copy()
    counts[window:] -= counts[:-window].copy()
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def accuracy_figure(scores, longest_unroll, initial=None):
    """Accuracy over inner steps, a panel per data set, with 95 % intervals.

    Args:
        scores: `{data set: {Column: (initialisations, episodes)}}`, perhaps with
            families; columns with steps become lines, the others dashed horizontals.
            Of all columns as many initialisations are shown as the shortest has, so
            that what is compared is the same everywhere.
        longest_unroll: inner steps of the longest unroll in meta-training.
        initial: method that every line starts from at step 0, if any.

    Returns:
        A `Figure`.
    """
    figure, axes = _panels(len(scores), columns=3)
    for axis, (name, columns) in zip(axes, scores.items(), strict=True):
        count = min(accuracies.shape[-2] for accuracies in columns.values())
        columns = {c: accuracies[..., :count, :] for c, accuracies in columns.items()}
        lines = dict.fromkeys(column.method for column in columns if column.steps)
        flat = [column for column in columns if not column.steps]
        for method, colour in zip(lines, COLOURS, strict=False):
            course = {c.steps: columns[c] for c in columns if c.method == method}
            if initial is not None:
                course[0] = columns[Column(initial)]
            _draw_course(axis, method, course, colour)
        for index, column in enumerate(flat):
            axis.axhline(
                100 * interval(columns[column]).mean,
                color=COLOURS[(len(lines) + index) % len(COLOURS)],
                linestyle=DASHES[index % len(DASHES)],
                lw=1.4,
                label=column.method,
            )
        axis.axvline(longest_unroll, color="0.55", lw=1, label="longest trained unroll")
        low, high = axis.get_ylim()
        axis.set_ylim(max(low, 0), min(high, 100))
        steps = [column.steps for column in columns if column.steps]
        _logarithmic_steps(axis, min(steps), max(steps))
        axis.set(title=name, ylabel="accuracy (%)", xlabel="inner steps")
    figure.legend(
        *axes[0].get_legend_handles_labels(),
        title=f"mean and 95 % interval, {count} initialisations per data set",
        loc="outside lower center",
        ncols=4,
        frameon=False,
        fontsize="small",
    )
    return figure


def bars_figure(scores, estimate=interval):
    """Accuracy of every method, a panel per data set, with 95 % intervals.

    Args:
        scores: `{data set: {Column: (initialisations, episodes)}}`; anything that has
            a `str` may name a bar.
        estimate: gives mean and half-width of scores, as `interval` does.

    Returns:
        A `Figure`.
    """
    figure, axes = _panels(len(scores), columns=2)
    for axis, (name, columns) in zip(axes, scores.items(), strict=True):
        estimates = [estimate(accuracies) for accuracies in columns.values()]
        mean, half_width = 100 * np.array(estimates).T
        places = np.arange(len(columns))[::-1]
        axis.barh(
            places,
            mean,
            xerr=half_width,
            color=[COLOURS[i % len(COLOURS)] for i in range(len(columns))],
            error_kw={"lw": 1.2, "capsize": 3},
        )
        axis.set_yticks(places, [str(column) for column in columns], fontsize="small")
        axis.set(title=name, xlabel="accuracy (%)")
        axis.set_xlim(0, 100)
    return figure


def _panels(count, columns):
    """A figure with `count` axes, no frame at the top and right."""
    columns = min(count, columns)
    rows = math.ceil(count / columns)
    figure = Figure(
        figsize=(PANEL[0] * columns, PANEL[1] * rows + 0.5), layout="constrained"
    )
    axes = list(figure.subplots(rows, columns, squeeze=False).flat)
    for axis in axes:
        axis.spines[["top", "right"]].set_visible(False)
    for axis in axes[count:]:
        axis.set_axis_off()
    return figure, axes[:count]


def _draw_course(axis, method, course, colour):
    steps = sorted(course)
    estimates = 100 * np.array([interval(course[step]) for step in steps])  # (steps, 2)
    mean, half_width = estimates.T
    axis.fill_between(
        steps, mean - half_width, mean + half_width, color=colour, alpha=0.2, lw=0
    )
    axis.plot(steps, mean, color=colour, marker="o", ms=3, lw=1.8, label=method)


def _logarithmic_steps(axis, first, last):
    """Logarithmic from the first step on, linear from 0 to there."""
    axis.set_xscale("symlog", linthresh=first, linscale=0.5)
    axis.set_xlim(0, last * 1.15)
    decades = range(math.ceil(math.log10(first)), math.floor(math.log10(last)) + 1)
    axis.set_xticks([0, *(10**decade for decade in decades)])
    axis.xaxis.set_major_formatter(ticker.StrMethodFormatter("{x:,.0f}"))
    axis.xaxis.set_minor_locator(ticker.NullLocator())
