#!/usr/bin/env python3
"""Rows of growing size on one accelerator, each in a process of its own.

usage: tools/gpu_check.py FOLDER [--tiny]; see tools/gpu_check
"""

import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from learned_update.benchmarks import processes
from learned_update.benchmarks.reports import tables, traces

LONGEST = 420  # seconds, after which no further row is begun
QUICKSTART = {"tasks": 8, "size": 8, "width": 64, "depth": 3, "batch_size": 64}
LARGE = {"size": 14, "width": 128, "depth": 5, "batch_size": 128}
ROWS = (  # name, variant, sizes, outer steps of each of twelve rounds
    ("quickstart, 8 tasks", "rematerialised", QUICKSTART, 5),
    ("16 tasks, kept", "kept", {**LARGE, "tasks": 16}, 3),
    ("64 tasks, rematerialised", "rematerialised", {**LARGE, "tasks": 64}, 2),
    ("256 tasks, rematerialised", "rematerialised", {**LARGE, "tasks": 256}, 1),
)
TINY = {"size": 8, "width": 8, "depth": 2, "batch_size": 8, "truncation_length": 2}


def main(folder, *options):
    """Prints a table, and keeps every row as soon as it is measured."""
    folder = pathlib.Path(folder)
    tiny = "--tiny" in options
    begun, printed = time.monotonic(), tables.Tables()
    with (folder / "results.jsonl").open("w", encoding="utf-8") as kept:
        for name, variant, sizes, outer_steps in ROWS:
            if time.monotonic() - begun > LONGEST:
                print(f"{name}: not measured, the time is up")
                continue
            trace = folder / name.replace(", ", "-").replace(" ", "-")
            row = processes.ask(
                "variant",
                "jax",
                name=variant,
                configuration={**sizes, **TINY} if tiny else sizes,
                outer_steps=1 if tiny else outer_steps,
                profile=str(trace),
            )
            row["variant"] = name
            kept.write(json.dumps(row) + "\n")
            kept.flush()
            printed.add(row)
            print(tables.dearest(traces.dearest_operations(trace)), flush=True)
    print(f"device: {row['device']}; peak {row['peak_tflops_per_s']:.3g} TFLOP/s")


if __name__ == "__main__":
    main(*sys.argv[1:])
