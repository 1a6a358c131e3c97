"""Rows of results, as CSV and as markdown."""

import csv
import math
from typing import NamedTuple

import numpy as np

from learned_update import files
from learned_update.evaluation.results.column import Column
from learned_update.evaluation.results.intervals import interval


class Row(NamedTuple):
    """Accuracy of one method on one data set.

    Attributes:
        dataset: name of the data set, or of the mean over several.
        method: name of the method.
        steps: inner steps done; None for a method that takes none.
        accuracy: mean, 0 to 1.
        half_width: of its 95 % interval (see `intervals`).
        behind: by how much the reference is better, on the same episodes.
        behind_half_width: of the 95 % interval of that paired difference.
        initialisations: of phi, per data set.
        episodes: per initialisation.
    """

    dataset: str
    method: str
    steps: int | None
    accuracy: float
    half_width: float
    behind: float
    behind_half_width: float
    initialisations: int
    episodes: int


def tabulate(scores, reference, estimate=interval):
    """Rows of every data set and method, and of the means over families.

    A column with fewer initialisations than the reference is compared with the first
    of those.

    Args:
        scores: `{data set: {Column: (initialisations, episodes)}}`.
        reference: `Column` that the paired differences are against.
        estimate: function of scores or differences: `interval`, or `crossed_interval`
            where initialisations share their episodes.

    Returns:
        A list of `Row`s.
    """
    rows = []
    for dataset, columns in with_families(scores).items():
        for column, accuracies in columns.items():
            *_, initialisations, episodes = accuracies.shape
            pair = columns[reference][..., :initialisations, :]
            rows.append(
                Row(
                    dataset,
                    *column,
                    *estimate(accuracies),
                    *estimate(pair - accuracies),
                    initialisations,
                    episodes,
                )
            )
    return rows


def with_families(scores):
    """Adds the mean over data sets whose names begin alike up to a `/`.

    `glyphs/georgian` and `glyphs/armenian` give `glyphs (mean of 2)`, with an axis of
    data sets in front, as `interval` takes it. Methods that not every data set of the
    family has are left out.

    Args:
        scores: `{data set: {Column: (initialisations, episodes)}}`.

    Returns:
        The same, with the families after their members.
    """
    families = {}
    for name in scores:
        families.setdefault(name.split("/")[0], []).append(name)
    extended = {}
    for family, members in families.items():
        extended |= {name: scores[name] for name in members}
        if len(members) > 1:
            extended[f"{family} (mean of {len(members)})"] = {
                column: np.stack([scores[name][column] for name in members])
                for column in scores[members[0]]
                if all(column in scores[name] for name in members)
            }
    return extended


def write_csv(rows, path):
    """Writes one line per `Row`, six decimals; what is not known stays empty."""
    with files.atomic_path(path) as partial, open(partial, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Row._fields)
        writer.writerows([_cell(value) for value in row] for row in rows)


def write_markdown(rows, reference, caption, path):
    """Writes what `markdown` returns."""
    with files.atomic_path(path) as partial:
        partial.write_text(markdown(rows, reference, caption), encoding="utf-8")


def markdown(rows, reference, caption=""):
    """Two tables of methods by data sets: accuracies and paired differences.

    Args:
        rows: `Row`s.
        reference: `Column` that the paired differences are against.
        caption: what stands above the tables.

    Returns:
        Text, numbers in per cent and percentage points.
    """
    others = [row for row in rows if Column(row.method, row.steps) != reference]
    return "\n".join(
        [
            *([caption, ""] if caption else []),
            "Accuracy in %, mean ± half-width of the 95 % interval:",
            "",
            *_grid(rows, lambda row: (row.accuracy, row.half_width), ".1f"),
            "",
            f"By how many points **{reference}** is better, paired by initialisation "
            "and episode, ± half-width of the 95 % interval:",
            "",
            *_grid(others, lambda row: (row.behind, row.behind_half_width), "+.1f"),
            "",
        ]
    )


def _grid(rows, value, style):
    """Lines of a markdown table with a column per data set."""
    names = list(dict.fromkeys(row.dataset for row in rows))
    labels = list(dict.fromkeys(Column(row.method, row.steps) for row in rows))
    cells = {(Column(row.method, row.steps), row.dataset): value(row) for row in rows}
    yield f"| method | {' | '.join(names)} |"
    yield f"| --- |{' ---: |' * len(names)}"
    for label in labels:
        texts = (_percent(cells.get((label, name)), style) for name in names)
        yield f"| {label} | {' | '.join(texts)} |"


def _percent(estimate, style):
    if estimate is None:
        return ""
    mean, half_width = (100 * number for number in estimate)
    return f"{mean:{style}}" + (
        "" if math.isnan(half_width) else f" ± {half_width:.1f}"
    )


def _cell(value):
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return f"{value:.6f}" if isinstance(value, float) else value
