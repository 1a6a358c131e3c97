"""Rows and tables of the ablation."""

import math
from typing import NamedTuple

from learned_update.evaluation.results.intervals import Estimate
from learned_update.evaluation.results.table import with_families
from learned_update.reproductions.ablations.scores import estimate, paired
from learned_update.reproductions.shared.measured import markdown_table

FAILED = "failed"
UNKNOWN = Estimate(float("nan"), float("nan"))
HEADINGS = (
    "arm",
    "accuracy (%)",
    "difference (points)",
    "last meta-loss",
    "s per outer step",
    "size of theta",
)


class AblationRow(NamedTuple):
    """One arm on one data set; what is not known is None or NaN.

    Attributes:
        dataset: name of the data set, or of the mean over several.
        arm: its name.
        accuracy: mean, 0 to 1.
        half_width: of its 95 % interval (see `estimate`).
        difference: arm - whole rule, paired; below 0 where the arm is worse.
        difference_half_width: of its 95 % interval.
        meta_loss: over the last outer steps.
        seconds_per_outer_step: median.
        theta_size: numbers in theta.
        skipped: outer steps without a finite gradient.
        seeds: of meta-training that gave a rule.
        failed: why others did not.
    """

    dataset: str
    arm: str
    accuracy: float
    half_width: float
    difference: float
    difference_half_width: float
    meta_loss: float | None
    seconds_per_outer_step: float | None
    theta_size: int | None
    skipped: int
    seeds: int
    failed: str


def ablation_rows(arms, reference):
    """A row per data set, or mean over a family of them, and arm.

    Args:
        arms: `{name: Arm}`.
        reference: name of the arm that the others are compared with.

    Returns:
        A list of `AblationRow`s.
    """
    scores = _by_dataset({name: arm.accuracies for name, arm in arms.items()})
    gaps = _by_dataset({x: paired(arm, arms[reference]) for x, arm in arms.items()})
    return [
        AblationRow(
            dataset,
            name,
            *(estimate(columns[name]) if name in columns else UNKNOWN),
            *(estimate(gaps[dataset][name]) if name in gaps[dataset] else UNKNOWN),
            arm.meta_loss,
            arm.seconds,
            arm.theta_size,
            arm.skipped,
            len(arm.seeds),
            "; ".join(arm.reasons),
        )
        for dataset, columns in scores.items()
        for name, arm in arms.items()
    ]


def _by_dataset(arms):
    """`{name: {data set: scores}}` by data sets and their families, then by names."""
    datasets = dict.fromkeys(x for scores in arms.values() for x in scores)
    return with_families(
        {
            dataset: {x: scores[dataset] for x, scores in arms.items() if scores}
            for dataset in datasets
        }
    )


def shown_datasets(rows):
    """Names of data sets without the members of families, whose means are shown."""
    names = list(dict.fromkeys(row.dataset for row in rows))
    families = [x.split(" (mean of ")[0] for x in names if " (mean of " in x]
    return [x for x in names if x.split("/")[0] not in families or x == x.split("/")[0]]


def ablation_markdown(rows, reference):
    """A table per data set, of families their mean, and why arms have no rule.

    Args:
        rows: `AblationRow`s.
        reference: name of the arm that the others are compared with.

    Returns:
        Text, numbers in per cent and percentage points.
    """
    parts = [
        "Mean ± half-width of the 95 % interval. Difference: arm - "
        f"**{reference}**, paired; below 0 where the arm is worse.\n"
    ]
    for dataset in shown_datasets(rows):
        body = [_cells(row, reference) for row in rows if row.dataset == dataset]
        parts += [f"**{dataset}**\n", markdown_table(HEADINGS, body)]
    first = [row for row in rows if row.dataset == rows[0].dataset]
    notes = [f"* {row.arm}: {FAILED}: {row.failed}" for row in first if row.failed]
    notes += [
        f"* {row.arm}: {row.skipped} outer steps skipped, their gradient not finite"
        for row in first
        if row.skipped
    ]
    return "\n".join([*parts, *notes, *([""] if notes else [])])


def _cells(row, reference):
    gap = Estimate(row.difference, row.difference_half_width)
    return (
        row.arm,
        _percent(Estimate(row.accuracy, row.half_width), ".1f") or FAILED,
        "" if row.arm == reference else _percent(gap, "+.1f"),
        "" if row.meta_loss is None else f"{row.meta_loss:.4f}",
        ""
        if row.seconds_per_outer_step is None
        else f"{row.seconds_per_outer_step:.1f}",
        "" if row.theta_size is None else f"{row.theta_size:,}",
    )


def _percent(estimate, style):
    if math.isnan(estimate.mean):
        return ""
    mean, half_width = (100 * number for number in estimate)
    spread = "" if math.isnan(half_width) else f" ± {half_width:.1f}"
    return f"{mean:{style}}{spread}"
