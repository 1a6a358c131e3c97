"""Approaches by situations: rows of a CSV file, and markdown for people."""

import math
from typing import NamedTuple

from learned_update.evaluation.results.intervals import interval, paired_interval
from learned_update.reproductions.paper.table1.approach import GIVEN
from learned_update.reproductions.shared.measured import markdown_table

MEASURED, CANNOT = "measured", "cannot"


class ApproachRow(NamedTuple):
    """One approach in one situation.

    Attributes:
        method: its name.
        situation: its name.
        accuracy: mean, 0 to 1; None if the approach cannot.
        half_width: of its 95 % interval.
        behind: by how much the rule is better, on the same episodes.
        behind_half_width: of the 95 % interval of that paired difference.
        status: `measured`, or `cannot` and what the meta-parameters are bound to.
        labels_in_inner_loop: yes or no.
        meta_parameters: how many.
        meta_training_seconds: None if there was none here.
        seconds_per_task: median over trials.
    """

    method: str
    situation: str
    accuracy: float | None
    half_width: float | None
    behind: float | None
    behind_half_width: float | None
    status: str
    labels_in_inner_loop: str
    meta_parameters: int
    meta_training_seconds: float | None
    seconds_per_task: float | None


def approach_rows(rows, results, name):
    """An `ApproachRow` of every approach in every situation.

    Args:
        rows: `{method: Approach}`.
        results: `{(method, situation): (accuracies, seconds)}`, accuracies `(data
            sets, initialisations, episodes)`; or what keeps the approach from it.
        name: method that the paired differences are against.
    """
    table = []
    for (method, title), found in results.items():
        approach = rows[method]
        numbers, status, seconds = (None,) * 4, f"{CANNOT}: bound to {found}", None
        if not isinstance(found, str):
            accuracies, seconds = found
            behind = paired_interval(results[name, title][0], accuracies)
            numbers, status = (*interval(accuracies), *behind), MEASURED
        trained = None if approach.seconds == GIVEN else approach.seconds
        table.append(
            ApproachRow(
                method,
                title,
                *numbers,
                status,
                "yes" if approach.labels else "no",
                approach.parameters,
                trained,
                seconds,
            )
        )
    return table


def approach_markdown(table, rows, name):
    """Accuracies and costs, paired differences, and why some cells are empty.

    Args:
        table: `ApproachRow`s.
        rows: `{method: Approach}`.
        name: method that the paired differences are against.

    Returns:
        Text, numbers in per cent and percentage points.
    """
    titles = list(dict.fromkeys(row.situation for row in table))
    reasons = list(dict.fromkeys(r.status for r in table if r.status != MEASURED))
    cells = {(row.method, row.situation): row for row in table}

    def cell(method, title, fields, style):
        row = cells[method, title]
        if row.status != MEASURED:
            return f"{CANNOT} [{reasons.index(row.status) + 1}]"
        return _percent(getattr(row, fields[0]), getattr(row, fields[1]), style)

    costs = ("labels in the inner loop", "meta-parameters", "meta-training (s)")
    accuracies = [
        (
            method,
            *(cell(method, t, ("accuracy", "half_width"), ".1f") for t in titles),
            "yes" if approach.labels else "no",
            approach.parameters,
            _seconds(approach.seconds, ".0f"),
            _seconds(cells[method, titles[0]].seconds_per_task, ".3f"),
        )
        for method, approach in rows.items()
    ]
    differences = [
        (
            method,
            *(cell(method, t, ("behind", "behind_half_width"), "+.1f") for t in titles),
        )
        for method in rows
        if method != name
    ]
    return "\n".join(
        [
            "Accuracy in %, mean ± half-width of the 95 % interval; seconds of a new "
            f"task {titles[0]}:",
            "",
            markdown_table(("method", *titles, *costs, "new task (s)"), accuracies),
            f"By how many points **{name}** is better, paired by initialisation and "
            "episode, ± half-width of the 95 % interval:",
            "",
            markdown_table(("method", *titles), differences),
            *(f"[{n}] {reason}" for n, reason in enumerate(reasons, 1)),
            "",
        ]
    )


def _percent(mean, half_width, style):
    """A number in per cent, with its half-width unless a single trial shows none."""
    spread = "" if math.isnan(half_width) else f" ± {100 * half_width:.1f}"
    return f"{100 * mean:{style}}{spread}"


def _seconds(number, style):
    if number is None:
        return ""
    return number if number == GIVEN else f"{number:{style}}"
