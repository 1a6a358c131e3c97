"""The tables and the figure of the local rules."""

from typing import Any, NamedTuple

import numpy as np

from learned_update.evaluation.results.figures import COLOURS
from learned_update.evaluation.results.intervals import interval, paired_interval
from learned_update.reproductions.local_rules.methods import (
    BASELINES,
    PUBLISHED,
    TRAINED,
)
from learned_update.reproductions.shared.measured import markdown_table
from learned_update.reproductions.shared.plots import axes_of
from learned_update.reproductions.shared.scoring import RANDOM

COLUMNS = (
    "dataset",
    "features",
    "method",
    "accuracy",
    "half_width",
    "over_random",
    "over_random_half_width",
    "initialisations",
    "episodes",
    "seconds_per_step",
)
ROW_INCHES = 0.21
DIVERGED = "diverged"  # in the place of a number


class Scores(NamedTuple):
    """What was measured.

    Attributes:
        accuracies: `{(data set, features): {title: (initialisations, episodes)}}`.
        seconds: `{(title, features): seconds of an inner step}`.
    """

    accuracies: dict[Any, Any]
    seconds: dict[Any, float]


def csv_rows(scores, methods):
    """Rows of `COLUMNS`; differences are paired, to random initialisation."""
    rows = []
    for (dataset, features), columns in scores.accuracies.items():
        for title in (*BASELINES, *methods):
            accuracies = columns[title]
            rows.append(
                (
                    dataset,
                    features,
                    title,
                    *interval(accuracies),
                    *paired_interval(accuracies, columns[RANDOM]),
                    *accuracies.shape,
                    scores.seconds.get((title, features)),
                )
            )
    return rows


def rules_markdown(scores, methods, failed):
    """Tables: accuracies and differences per number of features; what rules see.

    Args:
        scores: `Scores`.
        methods: `{title: Method}`.
        failed: `{name: why}` of rules whose meta-training failed.
    """
    counts = sorted({features for _, features in scores.accuracies})
    parts = []
    for count in counts:
        columns = {d: c for (d, f), c in scores.accuracies.items() if f == count}
        titles = (*BASELINES, *methods)
        rows = [
            [title, *(_percent(interval(column[title])) for column in columns.values())]
            for title in titles
        ]
        parts += [f"{count} features, accuracy in % ± half-width of the 95 % interval:"]
        parts += ["", markdown_table(["method", *columns], rows)]
        rows = [
            [
                title,
                *(
                    _percent(paired_interval(column[title], column[RANDOM]), "+")
                    for column in columns.values()
                ),
            ]
            for title in titles
            if title != RANDOM
        ]
        parts += [f"{count} features, points above {RANDOM}, paired:"]
        parts += ["", markdown_table(["method", *columns], rows)]
    rows = []
    for title, method in methods.items():
        if method.theta == TRAINED and title.replace(TRAINED, PUBLISHED) in methods:
            continue
        times = [f"{1000 * scores.seconds[title, count]:.2f}" for count in counts]
        size = method.rule.count_params()
        rows.append([title.split(",")[0], size, method.sees, *times])
    header = ["rule", "numbers of theta", "what a synapse sees"]
    header += [f"ms a step, {count} features" for count in counts]
    parts += [markdown_table(header, rows)]
    parts += [f"Meta-training of {name} failed: {why}" for name, why in failed.items()]
    return "\n".join(parts)


def _percent(estimate, sign=""):
    if np.isnan(estimate.mean):
        return DIVERGED
    mean, half_width = 100 * estimate.mean, 100 * estimate.half_width
    return f"{mean:{sign}.1f} ± {half_width:.1f}"


def rules_figure(scores):
    """A panel per data set and number of features: points above random, by rule.

    An open marker stands for published constants, a full one for meta-learned ones.
    """
    counts = sorted({features for _, features in scores.accuracies})
    datasets = list(dict.fromkeys(dataset for dataset, _ in scores.accuracies))
    first = next(iter(scores.accuracies.values()))
    names = [title for title in first if title != RANDOM]
    labels = list(dict.fromkeys(_label(title) for title in names))
    height = ROW_INCHES * len(labels) + 0.6
    figure, axes = axes_of(len(counts), len(datasets), (2.9, height))
    for place, axis in enumerate(axes):
        count = counts[place // len(datasets)]
        dataset = datasets[place % len(datasets)]
        columns = scores.accuracies[dataset, count]
        axis.axvline(0, color="0.7", lw=1)
        for title in names:
            gap = paired_interval(columns[title], columns[RANDOM])
            row = len(labels) - 1 - labels.index(_label(title))
            published = title.endswith(PUBLISHED)
            axis.errorbar(
                100 * gap.mean,
                row + (0.15 if published else -0.15 if TRAINED in title else 0.0),
                xerr=np.nan_to_num(100 * gap.half_width),
                color=COLOURS[0] if TRAINED in title else "0.35",
                marker="o",
                ms=4,
                lw=1,
                mfc="white" if published else None,
            )
        axis.set_yticks(
            range(len(labels)),
            labels[::-1] if place % len(datasets) == 0 else [],
            fontsize="small",
        )
        axis.set_ylim(-0.7, len(labels) - 0.3)
        axis.grid(axis="y", color="0.93")
        axis.set_axisbelow(True)
        axis.set_title(f"{dataset}, {count} features", fontsize="small")
        if place // len(datasets) == len(counts) - 1:
            axis.set_xlabel("points above random", fontsize="small")
    figure.suptitle(
        "Local rules: published constants (open), meta-learned (full)",
        fontsize="medium",
    )
    return figure


def _label(title):
    return title.removesuffix(f", {PUBLISHED}").removesuffix(f", {TRAINED}")
