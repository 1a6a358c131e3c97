"""Widths and depths that meta-training never saw (paper, figure 5 left)."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

import gin
import numpy as np

from learned_update.evaluation import Protocol
from learned_update.progress import Progress
from learned_update.reproductions.shared import plots
from learned_update.reproductions.shared.measured import Measured, markdown_table
from learned_update.reproductions.shared.scoring import QUICK

WIDTHS = (64, 256, 1024, 4096, 10000)
DEPTHS = (2, 3, 5, 8, 11)
QUICK_WIDTHS, QUICK_DEPTHS = (32, 128), (2, 4)
PROGRAM = "learned_update.reproductions.paper.grid_cell"
COLUMNS = (
    "units",
    "layers",
    "status",
    "accuracy",
    "half_width",
    "random",
    "random_half_width",
    "seconds",
    "peak_memory_gb",
)
FITS, TOO_LARGE = "measured", "does not fit in memory"
MEMORY_SHARE = 0.9  # of what is free, that a cell may take


@gin.configurable(module="learned_update")
def grid(
    rule,
    name,
    quick=False,
    folder=None,
    dataset="mnist",
    size=14,
    examples_per_class=200,
    widths=None,
    depths=None,
    embedding_units=32,
    steps=30,
    largest_memory_gb=None,
    progress=None,
    **protocol,
):
    """Scores the rule on base models of many widths and depths.

    Every cell runs in a process of its own. What does not fit in memory is reported
    as such. Cells that are done are kept in `fig5-left.cells.jsonl` in the folder, so
    that an interrupted grid goes on at the next cell.

    Args:
        rule: `UpdateRule`.
        name: of the rule.
        quick: two widths, two depths, two initialisations, a tenth of the steps.
        folder: where cells are kept; None keeps none.
        dataset: name of a data set.
        size: height and width of its images, in pixels.
        examples_per_class: at most as many are used of each class; None uses all.
        widths: units of the layers below the embedding; None takes `WIDTHS`.
        depths: numbers of layers, with the embedding's; None takes `DEPTHS`.
        embedding_units: of the last layer.
        steps: inner steps.
        largest_memory_gb: of one cell; None takes most of what is free.
        progress: whether to show a bar; None shows it on a terminal.
        **protocol: fields of `Protocol`, without `units`.

    Returns:
        `Measured`: a row per cell.
    """
    protocol = {"initialisations": 2, "episodes": 50, **protocol}
    if quick:
        steps, protocol = max(1, steps // 10), {**protocol, **QUICK}
    Protocol(**protocol)
    widths = widths or (QUICK_WIDTHS if quick else WIDTHS)
    depths = depths or (QUICK_DEPTHS if quick else DEPTHS)
    settings = {
        "dataset": dataset,
        "size": size,
        "examples_per_class": examples_per_class,
        "steps": steps,
        "protocol": protocol,
        "embedding_units": embedding_units,
        "rule": name,
    }
    kept = None if folder is None else pathlib.Path(folder) / "fig5-left.cells.jsonl"
    done = _kept_cells(kept, settings)
    with (
        tempfile.TemporaryDirectory() as temporary,
        Progress(len(widths) * len(depths), "cells", enabled=progress) as bar,
    ):
        path = pathlib.Path(temporary, "rule.keras")
        rule.save(path)
        for depth in depths:
            for width in widths:
                if (width, depth) not in done:
                    units = (width,) * (depth - 1) + (embedding_units,)
                    cell = _cell(path, {**settings, "units": units}, largest_memory_gb)
                    done[width, depth] = cell
                    _keep(kept, settings, width, depth, cell)
                bar.update()
    rows = [
        (width, depth, *(done[width, depth].get(c) for c in COLUMNS[2:]))
        for depth in depths
        for width in widths
    ]
    return Measured(
        columns=COLUMNS,
        rows=rows,
        table=_table(rows),
        figure=_figure(done, widths, depths, f"{name} on {dataset}, {steps} steps"),
        settings=f"{dataset} {size}x{size}, at most {examples_per_class} examples of a "
        f"class, {steps} inner steps; embedding of {embedding_units}; {protocol}",
    )


def _cell(rule_path, settings, largest_memory_gb):
    """Runs one cell; what it measured, or that it does not fit."""
    limit = largest_memory_gb * 1e9 if largest_memory_gb else _free_bytes()
    settings = {**settings, "bytes_at_most": int(limit)}
    command = [sys.executable, "-W", "ignore", "-m", PROGRAM, str(rule_path)]
    done = subprocess.run(
        [*command, json.dumps(settings)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    if done.returncode == 0:
        return {"status": FITS, **json.loads(done.stdout.splitlines()[-1])}
    if _ran_out_of_memory(done):
        return {"status": TOO_LARGE}
    raise RuntimeError(f"A cell failed: {' '.join(command)}\n{done.stderr[-2000:]}")


def _ran_out_of_memory(done):
    signs = ("MemoryError", "bad_alloc", "OOM", "RESOURCE_EXHAUSTED", "ResourceExhaust")
    return done.returncode < 0 or any(sign in done.stderr for sign in signs)


def _free_bytes():
    """Most of the memory that is free."""
    with open("/proc/meminfo", encoding="ascii") as file:
        lines = dict(line.split(":") for line in file)
    return MEMORY_SHARE * 1024 * int(lines["MemAvailable"].split()[0])


def _kept_cells(path, settings):
    if path is None or not path.is_file():
        return {}
    cells = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            row = json.loads(line)
        except json.JSONDecodeError:  # cut off
            continue
        if row["settings"] == json.loads(json.dumps(settings)):
            cells[row["width"], row["depth"]] = row["cell"]
    return cells


def _keep(path, settings, width, depth, cell):
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        row = {"width": width, "depth": depth, "cell": cell, "settings": settings}
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


def _table(rows):
    body = []
    for width, depth, status, *numbers in rows:
        if status == FITS:
            accuracy, _, random, _, seconds, memory = numbers
            cells = (f"{100 * accuracy:.1f}", f"{100 * random:.1f}")
            cells += (f"{seconds:.0f}", f"{memory:.1f}")
        else:
            cells = (status, "", "", "")
        body.append((f"{depth} layers of {width}", *cells))
    return markdown_table(
        ("base model", "accuracy (%)", "random (%)", "seconds", "memory (GB)"), body
    )


def _figure(done, widths, depths, title):
    values = np.full((len(depths), len(widths)), np.nan)
    labels = [["" for _ in widths] for _ in depths]
    for row, depth in enumerate(depths):
        for column, width in enumerate(widths):
            cell = done[width, depth]
            if cell["status"] == FITS:
                values[row, column] = 100 * cell["accuracy"]
                text = f"{100 * cell['accuracy']:.0f} %\n{cell['seconds']:.0f} s"
            else:
                text = "too\nlarge"
            labels[row][column] = text
    return plots.grid_figure(values, depths, widths, labels, title)
