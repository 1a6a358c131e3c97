"""The metrics that a meta-training run leaves behind."""

import json
import pathlib

import numpy as np


def read_metrics(path):
    """Reads `metrics.jsonl` into columns.

    Where a resumed run did an outer step again, the later line counts. A last line
    that was cut off is left out, as are lines without an outer step.

    Args:
        path: of the file.

    Returns:
        `{name: float64 (outer steps,)}`, among them `"outer_step"`, which ascends;
        NaN where a line lacks the name or it is no number.
    """
    rows = {}
    for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            continue
        if "outer_step" in row:
            rows[row["outer_step"]] = row
    rows = [rows[step] for step in sorted(rows)]
    names = dict.fromkeys(name for row in rows for name in row)
    return {
        name: np.array([_number(row.get(name)) for row in rows], np.float64)
        for name in names
    }


def _number(value):
    return value if isinstance(value, int | float) else np.nan
