"""What a reproduction measures, and how it is written."""

import csv
import pathlib
from typing import Any, NamedTuple

from learned_update.evaluation.results import figures
from learned_update.evaluation.results.table import Row, markdown, tabulate
from learned_update.files import atomic_path

DECIMALS = 6  # of numbers in CSV files


class Measured(NamedTuple):
    """The outcome of one reproduction.

    Attributes:
        columns: names of the columns of the CSV file.
        rows: its rows.
        table: markdown for people.
        figure: matplotlib `Figure`.
        settings: how it was measured, in words.
    """

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    table: str
    figure: Any
    settings: str


def measured_scores(scores, reference, figure, settings):
    """`Measured` of few-shot scores.

    Args:
        scores: `{data set: {Column: accuracies (initialisations, episodes)}}`.
        reference: `Column` that paired differences are against.
        figure: matplotlib `Figure`.
        settings: how it was measured, in words.

    Returns:
        `Measured`.
    """
    rows = tabulate(scores, reference)
    return Measured(
        columns=Row._fields,
        rows=[tuple(row) for row in rows],
        table=markdown(rows, reference),
        figure=figure,
        settings=settings,
    )


def write(measured, identifier, folder, caption):
    """Writes `<identifier>.csv`, `.md` and `.png`; returns the markdown."""
    stem = pathlib.Path(folder) / identifier
    with (
        atomic_path(stem.with_suffix(".csv")) as path,
        path.open("w", newline="", encoding="utf-8") as file,
    ):
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(measured.columns)
        writer.writerows([_cell(value) for value in row] for row in measured.rows)
    text = f"{caption}\n\n{measured.table}"
    with atomic_path(stem.with_suffix(".md")) as path:
        path.write_text(text, encoding="utf-8")
    figures.save(measured.figure, stem.with_suffix(".png"))
    return text


def markdown_table(columns, rows):
    """A markdown table of texts and numbers."""
    lines = [
        "| " + " | ".join(columns) + " |",
        "| --- |" + " ---: |" * len(columns[1:]),
    ]
    lines += ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return "\n".join([*lines, ""])


def _cell(value):
    if value is None or (isinstance(value, float) and value != value):
        return ""
    return f"{value:.{DECIMALS}f}" if isinstance(value, float) else value
