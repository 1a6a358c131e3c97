"""The operations of a trace that took the time."""

import gzip
import json

import pytest

from learned_update.benchmarks.reports import tables
from learned_update.benchmarks.reports.traces import dearest_operations


def _event(name, microseconds, **more):
    return {"ph": "X", "dur": microseconds, "args": {"hlo_op": name}, **more}


def test_dearest_operations(tmp_path):
    events = [
        _event("dot.1", 100),
        _event("fusion.2", 500),
        _event("dot.1", 300),
        _event("while.3", 1000),  # holds the others
        _event("copy.4", 100),
        {"ph": "X", "dur": 900, "name": "Python"},
        {"ph": "M", "args": {"name": "a thread"}},
    ]
    folder = tmp_path / "plugins" / "profile" / "now"
    folder.mkdir(parents=True)
    with gzip.open(folder / "host.trace.json.gz", "wt") as file:
        json.dump({"traceEvents": events}, file)
    dearest = dearest_operations(tmp_path, count=2)
    assert dearest == [
        ("fusion.2", pytest.approx(5e-4), pytest.approx(0.5)),
        ("dot.1", pytest.approx(4e-4), pytest.approx(0.4)),
    ]
    assert tables.dearest(dearest).splitlines()[1].split() == [
        "40.0%",
        "0.0004",
        "s",
        "dot.1",
    ]


def test_no_trace(tmp_path):
    with pytest.raises(ValueError, match="There is no trace.*--profile FOLDER"):
        dearest_operations(tmp_path)
