"""Rows of results, as CSV and as markdown."""

import csv
import io
import itertools
import os
import pathlib
from typing import NamedTuple

import numpy as np

from learned_update.evaluation.intervals import Estimate, interval, paired_interval


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
        initialisations: of phi.
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


def tabulate(scores, reference):
    """Rows of every data set and method, and of the means over families.

    Args:
        scores: `{data set: {Column: (initialisations, episodes)}}`.
        reference: `Column` that the paired differences are against.

    Returns:
        A list of `Row`s.
    """
    rows = []
    for dataset, columns in with_family_means(scores).items():
        for column, accuracies in columns.items():
            rows.append(
                Row(
                    dataset,
                    *column,
                    *interval(accuracies),
                    *paired_interval(columns[reference], accuracies),
                    *accuracies.shape,
                )
            )
    return rows


def with_family_means(scores):
    """Adds the mean over data sets whose names begin alike up to a `/`.

    `glyphs/georgian` and `glyphs/armenian` give `glyphs (mean of 2)`. The mean is
    taken per initialisation and episode, so that intervals of it are as for one data
    set; methods that not every data set of the family has are left out.

    Args:
        scores: `{data set: {Column: (initialisations, episodes)}}`.

    Returns:
        The same, with the means after the members of their family.
    """
    extended = {}
    for family, members in itertools.groupby(scores, lambda name: name.split("/")[0]):
        members = list(members)
        extended |= {name: scores[name] for name in members}
        if len(members) > 1:
            extended[f"{family} (mean of {len(members)})"] = {
                column: np.mean([scores[name][column] for name in members], axis=0)
                for column in scores[members[0]]
                if all(column in scores[name] for name in members)
            }
    return extended


def write_csv(rows, path):
    """Writes one line per row, six decimals; unknown values stay empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Row._fields)
    writer.writerows([_cell(value) for value in row] for row in rows)
    write_atomically(path, text.getvalue())


def markdown(rows, caption=""):
    """Two tables, methods by data sets: accuracies, and paired differences.

    Args:
        rows: `Row`s.
        caption: a line or more above the tables.

    Returns:
        Text, in per cent.
    """
    reference = next(row for row in rows if _is_reference(row))
    return "\n".join(
        [
            caption,
            "",
            "Accuracy in %, mean ± half-width of the 95 % interval:",
            "",
            *_grid(rows, lambda row: Estimate(row.accuracy, row.half_width), ".1f"),
            "",
            f"Points by which **{_label(reference)}** is better, paired by "
            "initialisation and episode:",
            "",
            *_grid(
                [row for row in rows if not _is_reference(row)],
                lambda row: Estimate(row.behind, row.behind_half_width),
                "+.1f",
            ),
            "",
        ]
    )


def write_atomically(path, text):
    """Writes a file that is either as before or complete, never cut off."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_text(text, encoding="utf-8")
    os.replace(partial, path)
