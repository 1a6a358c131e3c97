"""Metrics that a meta-training run leaves behind, one line of JSON per outer step."""

import json
import pathlib

METRICS_FILE = "metrics.jsonl"
ORIGIN = "origin"  # key of the line that says what the run was made with

THETA_AVERAGE = "theta_average"  # of an origin: over which outer steps, if any


def read_metrics(run_dir):
    """The metrics of a run, a dict per outer step, ascending; empty if there are none.

    Where a resumed run did an outer step again, the later line counts. A line that was
    cut off is left out, as are lines without an outer step.

    Args:
        run_dir: folder of the run.

    Returns:
        A list of dicts.
    """
    rows = {}
    for row in _lines(run_dir):
        if isinstance(row.get("outer_step"), int):
            rows[row["outer_step"]] = row
    return [rows[step] for step in sorted(rows)]


def read_origins(run_dir):
    """What a run was made with, dicts: one, and one more for every change of it."""
    return [row[ORIGIN] for row in _lines(run_dir) if ORIGIN in row]


def _lines(run_dir):
    """The dicts of the metrics of a run, line by line."""
    path = pathlib.Path(run_dir) / METRICS_FILE
    text = path.read_bytes().decode("utf-8", "replace") if path.is_file() else ""
    for line in text.splitlines():
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            continue
        if isinstance(row, dict):
            yield row
