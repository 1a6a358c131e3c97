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
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            continue
        if "outer_step" in row:
            rows[row["outer_step"]] = row
    return [rows[step] for step in sorted(rows)]
