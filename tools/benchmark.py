#!/usr/bin/env python3
"""Times outer steps of the quickstart's trainer in variants, side by side.

Each variant runs in a process of its own, so that its peak memory is its own; the
table gives ratios to the first. Run it on an idle machine: gaps under a quarter mean
nothing on a noisy one.

usage: tools/benchmark.py [--outer_steps 5] [--variants rematerialised kept ...]
"""

import argparse
import json
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

VARIANTS = {
    "rematerialised": {"rematerialise": True},
    "kept": {"rematerialise": False},
    "one task at a time": {"rematerialise": True, "slots": 1, "groups": 8},
    "augmented": {"rematerialise": True, "augmented": True},
}
COLUMNS = ("compile_s", "wall_s", "cpu_s", "draw_s", "peak_memory_gb")


def measure(variant, outer_steps):
    """Times of one variant, as a dict; seconds per outer step of 8 tasks."""
    import learned_update as lu
    from learned_update.data import (
        Augmentation,
        InputMapDistribution,
        TaskDistribution,
        glyphs,
    )
    from learned_update.training.slots import draw_batch

    options = VARIANTS[variant]
    scripts = [glyphs(script) for script in ("latin", "greek", "cyrillic")]
    if options.get("augmented"):
        tasks = TaskDistribution(
            scripts,
            input_maps=InputMapDistribution(tilt=0, permutation=1),
            augmentation=Augmentation(rotation=15, shift=0.1, noise=0.1),
        )
    else:
        tasks = TaskDistribution(scripts, input_maps=InputMapDistribution())
    group = lu.TaskGroup(tasks, units=(64, 64, 32), slots=options.get("slots", 8))
    trainer = lu.MetaTrainer(
        lu.UpdateRule(),
        options.get("groups", 1) * [group],
        schedule=lu.Schedule(truncation_lengths=(8,)),
        rematerialise=options["rematerialise"],
    )
    state, begun = trainer.initial_state(), time.perf_counter()
    state, _ = trainer.step(state)
    compiled = time.perf_counter() - begun
    begun, cpu = time.perf_counter(), time.process_time()
    for _ in range(outer_steps):
        state, metrics = trainer.step(state)
    wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
    begun = time.perf_counter()
    for outer_step in range(outer_steps):
        for slots, inner in zip(trainer.groups, state.groups, strict=True):
            draw_batch(slots, inner, outer_step, 8)
    drawn = time.perf_counter() - begun
    return {
        "compile_s": compiled,
        "wall_s": wall / outer_steps,
        "cpu_s": cpu / outer_steps,
        "draw_s": drawn / outer_steps,
        "peak_memory_gb": metrics["peak_memory_gb"],
    }


def main():
    """Measures every variant in a process of its own and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--outer_steps", type=int, default=5)
    parser.add_argument(
        "--variants", nargs="+", choices=VARIANTS, default=list(VARIANTS)
    )
    parser.add_argument("--only", choices=VARIANTS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        print(json.dumps(measure(options.only, options.outer_steps)))
        return
    first = None
    print("| variant | " + " | ".join(COLUMNS) + " | draw_s / wall_s |")
    print("| --- |" + " ---: |" * (len(COLUMNS) + 1))
    for variant in options.variants:
        command = [sys.executable, __file__, "--only", variant]
        command += ["--outer_steps", str(options.outer_steps)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        times = json.loads(done.stdout.splitlines()[-1])
        first = first or times
        cells = [f"{times[c]:.3g} ({times[c] / first[c]:.2f}x)" for c in COLUMNS]
        cells.append(f"{times['draw_s'] / times['wall_s']:.2%}")
        print(f"| {variant} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
