"""Metrics that a meta-training run leaves behind, one line of JSON per outer step."""

import json
import pathlib

METRICS_FILE = "metrics.jsonl"


def read_metrics(run_dir):
    """The metrics of a run, a dict per outer step, ascending; empty if there are none.

    Where a resumed run did an outer step again, the later line counts. A line that was
    cut off is left out, as are lines without an outer step.

    Args:
        run_dir: folder of the run.

    Returns:
        A list of dicts.
    """
    path = pathlib.Path(run_dir) / METRICS_FILE
    rows = {}
    text = path.read_bytes().decode("utf-8", "replace") if path.is_file() else ""
    for line in text.splitlines():
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            continue
        if isinstance(row, dict) and isinstance(row.get("outer_step"), int):
            rows[row["outer_step"]] = row
    return [rows[step] for step in sorted(rows)]
