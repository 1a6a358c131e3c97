"""The grid of widths and depths: resumed, and too large a cell reported."""

import contextlib
import json

import learned_update as lu
from learned_update.reproductions.paper import grid as module
from learned_update.reproductions.paper.grid import TOO_LARGE, grid

SETTINGS = {
    "dataset": "digits",
    "size": 6,
    "examples_per_class": None,
    "widths": (4,),
    "steps": 2,
    "initialisations": 2,
    "episodes": 3,
}


def test_a_cell_that_does_not_fit_is_reported_and_the_rest_goes_on(monkeypatch):
    cells = {2: {"status": TOO_LARGE}, 3: measured(0.5)}
    monkeypatch.setattr(
        module, "_cell", lambda _, settings, __: cells[len(settings["units"])]
    )
    found = grid(lu.UpdateRule(), "initial", depths=(2, 3), **SETTINGS)
    assert [row[2] for row in found.rows] == [TOO_LARGE, "measured"]
    assert "2 layers of 4 | does not fit in memory" in found.table
    assert "3 layers of 4 | 50.0 | 25.0" in found.table


def measured(accuracy):
    return {
        "status": "measured",
        "accuracy": accuracy,
        "half_width": 0.01,
        "random": 0.25,
        "random_half_width": 0.01,
        "seconds": 3.0,
        "peak_memory_gb": 1.0,
    }


def test_an_interrupted_grid_goes_on_at_the_next_cell(monkeypatch, tmp_path):
    visited = []

    def interrupted(_, settings, __):
        visited.append(len(settings["units"]))
        if len(visited) == 2:
            raise KeyboardInterrupt
        return measured(len(settings["units"]) / 10)

    monkeypatch.setattr(module, "_cell", interrupted)
    rule = lu.UpdateRule()
    options = {"depths": (2, 3, 4), "folder": tmp_path, **SETTINGS}
    with contextlib.suppress(KeyboardInterrupt):
        grid(rule, "initial", **options)
    lines = (tmp_path / "fig5-left.cells.jsonl").read_text().splitlines()
    assert [json.loads(line)["depth"] for line in lines] == [2]
    found = grid(rule, "initial", **options)
    assert visited == [2, 3, 3, 4]
    assert [row[3] for row in found.rows] == [0.2, 0.3, 0.4]
    again = grid(rule, "initial", **{**options, "steps": 3})
    assert visited == [2, 3, 3, 4, 2, 3, 4]  # other settings, other cells
    assert len(again.rows) == 3


def test_a_process_that_may_not_take_the_memory(tmp_path):
    rule = lu.UpdateRule()
    found = grid(
        rule, "initial", depths=(2,), largest_memory_gb=0.5, progress=False, **SETTINGS
    )
    assert [row[2] for row in found.rows] == [TOO_LARGE]
