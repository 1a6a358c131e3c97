"""Rows of a comparison, as CSV and as markdown."""

import csv
import math
from typing import NamedTuple

import numpy as np

from learned_update import files
from learned_update.evaluation.results.intervals import crossed_interval
from learned_update.evaluation.test_sets.scores import INDUCTIVE


class ComparisonRow(NamedTuple):
    """Accuracy of one method, read-out and kind of statistics on one data set.

    Attributes:
        dataset: name and image size.
        method: name of the method.
        readout: name of the read-out.
        statistics: `inductive` or `transductive`.
        accuracy: mean, 0 to 1.
        half_width: of its 95 % interval over episodes and initialisations.
        behind: by how much the reference with the same read-out (ridge beside a
            read-out of the method's own), inductive, is better on the same episodes.
        behind_half_width: of the 95 % interval of that paired difference.
        seconds: wall time to fit and to embed (see `Cost`).
        parameters: numbers that were trained.
        features: that the method gives; None with a read-out of its own.
        initialisations: seeds of phi and of the baselines.
        episodes: the same for all initialisations.
    """

    dataset: str
    method: str
    readout: str
    statistics: str
    accuracy: float
    half_width: float
    behind: float
    behind_half_width: float
    seconds: float
    parameters: int
    features: int | None
    initialisations: int
    episodes: int


def comparison_rows(results, reference):
    """A `ComparisonRow` for every data set and `Entry`.

    Args:
        results: `{data set: Result}`.
        reference: name of the method that the paired differences are against.

    Returns:
        A list.
    """
    return [
        ComparisonRow(
            dataset,
            *entry,
            *crossed_interval(scores),
            *crossed_interval(_partner(result, entry, reference) - scores),
            *result.costs[entry.method],
            *scores.shape,
        )
        for dataset, result in results.items()
        for entry, scores in result.accuracies.items()
    ]


def write_comparison_csv(rows, path):
    """Writes one line per `ComparisonRow`; what is not known stays empty."""
    with files.atomic_path(path) as partial, open(partial, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(ComparisonRow._fields)
        writer.writerows([_cell(value) for value in row] for row in rows)


def comparison_markdown(rows, reference, caption=""):
    """Three tables: accuracies, paired differences, and what the methods take.

    Args:
        rows: `ComparisonRow`s.
        reference: name of the method that the paired differences are against.
        caption: what stands above the tables.

    Returns:
        Text, numbers in per cent and percentage points.
    """
    others = [
        row for row in rows if (row.method, row.statistics) != (reference, INDUCTIVE)
    ]
    return "\n".join(
        [
            *([caption, ""] if caption else []),
            "Accuracy in %, mean ± half-width of the 95 % interval over episodes and "
            "initialisations:",
            "",
            *_grid(rows, _entry_cells, _ENTRY, _accuracy),
            "",
            f"By how many points **{reference}**, inductive, is better with the same "
            "read-out, paired by initialisation and episode:",
            "",
            *_grid(others, _entry_cells, _ENTRY, _difference),
            "",
            "Seconds to fit and embed, and numbers trained:",
            "",
            *_grid(rows, lambda row: (row.method,), ("method",), _cost),
            "",
        ]
    )


_ENTRY = ("read-out", "method", "statistics")


def _entry_cells(row):
    return row.readout, row.method, row.statistics


def _accuracy(row):
    return _percent(row.accuracy, row.half_width, ".1f")


def _difference(row):
    return _percent(row.behind, row.behind_half_width, "+.1f")


def _cost(row):
    return f"{row.seconds:.1f} s, {row.parameters:,}"


def _grid(rows, key, titles, text):
    """Lines of a markdown table with a column per data set, sorted by read-out."""
    names = list(dict.fromkeys(row.dataset for row in rows))
    order = {row.readout: place for place, row in reversed(list(enumerate(rows)))}
    keys = dict.fromkeys(
        key(row) for row in sorted(rows, key=lambda row: order[row.readout])
    )
    cells = {(key(row), row.dataset): text(row) for row in rows}
    yield f"| {' | '.join((*titles, *names))} |"
    yield f"|{' --- |' * len(titles)}{' ---: |' * len(names)}"
    for each in keys:
        line = (*each, *(cells.get((each, name), "") for name in names))
        yield f"| {' | '.join(line)} |"


def _partner(result, entry, reference):
    """Accuracies of the reference that those of an entry are compared with."""
    of_reference = {
        found.readout: scores
        for found, scores in result.accuracies.items()
        if (found.method, found.statistics) == (reference, INDUCTIVE)
    }
    first = next(iter(of_reference.values()))
    return np.asarray(of_reference.get(entry.readout, first))


def _percent(mean, half_width, style):
    if math.isnan(half_width):
        return f"{100 * mean:{style}}"
    return f"{100 * mean:{style}} ± {100 * half_width:.1f}"


def _cell(value):
    if value is None:
        return ""
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.6f}"
    return value
