"""`learned-update benchmark`: times variants of the trainer, side by side."""

import json
import subprocess
import sys
import time

from learned_update.cli import environment
from learned_update.cli.arguments import integer

SUMMARY = "Time outer steps of the quickstart's trainer in variants, side by side."
EXAMPLE = """\
example:
  learned-update benchmark --outer_steps 5 --variants rematerialised kept

Each variant runs in a process of its own, so that its peak memory is its own; the
table gives ratios to the first. Run it on an idle machine: on a noisy one gaps under a
quarter mean nothing. draw_s is what the host takes to draw what an outer step reads.
"""
VARIANTS = {
    "rematerialised": {"rematerialise": "steps"},
    "kept": {"rematerialise": "none"},
    "one task at a time": {"rematerialise": "steps", "slots": 1, "groups": 8},
    "augmented": {"rematerialise": "steps", "augmented": True},
}
COLUMNS = ("compile_s", "wall_s", "cpu_s", "draw_s", "peak_memory_gb")
TRUNCATION_LENGTH = 8  # inner steps


def add_arguments(parser):
    """Adds the options of this verb."""
    parser.add_argument(
        "--outer_steps",
        type=integer,
        default=5,
        metavar="INTEGER",
        help="to time, after one that compiles (default: %(default)s)",
    )
    parser.add_argument(
        "--variants", nargs="+", choices=VARIANTS, default=list(VARIANTS)
    )
    parser.add_argument(
        "--json", action="store_true", help="print a line of JSON per variant instead"
    )


def run(options):
    """Measures every variant in a process of its own and prints the table."""
    if options.json and len(options.variants) == 1:
        print(json.dumps(measure(options.variants[0], max(options.outer_steps, 1))))
        return
    if not options.json:
        print("| variant | " + " | ".join(COLUMNS) + " | draw_s / wall_s |")
        print("| --- |" + " ---: |" * (len(COLUMNS) + 1))
    first = None
    for variant in options.variants:
        command = [sys.executable, "-m", "learned_update", "benchmark", "--json"]
        command += ["--variants", variant, "--outer_steps", str(options.outer_steps)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        line = done.stdout.splitlines()[-1]
        times = json.loads(line)
        first = first or times
        print(line if options.json else _row(times, first), flush=True)


def measure(variant, outer_steps):
    """Times of one variant, as a dict; seconds per outer step of 8 tasks."""
    options = VARIANTS[variant]
    with environment.quiet_imports():
        from learned_update.training.runs.ahead import DrawsAhead

    trainer = _trainer(options)
    state, begun = trainer.initial_state(), time.perf_counter()
    state, metrics = trainer.step(state)
    dict(metrics)  # waits for the device
    compiled = time.perf_counter() - begun
    begun, cpu = time.perf_counter(), time.process_time()
    with DrawsAhead(trainer, state, 1 + outer_steps) as ahead:
        for _ in range(outer_steps):
            state, metrics = trainer.step(state, ahead.take(state))
    metrics = dict(metrics)
    wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
    begun = time.perf_counter()
    for _ in range(outer_steps):
        trainer.draw(state)
        state, _ = trainer.advance(state)
    drawn = time.perf_counter() - begun
    return {
        "variant": variant,
        "compile_s": compiled,
        "wall_s": wall / outer_steps,
        "cpu_s": cpu / outer_steps,
        "draw_s": drawn / outer_steps,
        "peak_memory_gb": metrics["peak_memory_gb"],
    }


def _trainer(options):
    import learned_update as lu
    from learned_update.data import (
        Augmentation,
        InputMapDistribution,
        TaskDistribution,
        glyphs,
    )

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
    return lu.MetaTrainer(
        lu.UpdateRule(),
        options.get("groups", 1) * [group],
        schedule=lu.Schedule(truncation_lengths=(TRUNCATION_LENGTH,)),
        rematerialise=options["rematerialise"],
    )


def _row(times, first):
    cells = [f"{times[c]:.3g} ({times[c] / first[c]:.2f}x)" for c in COLUMNS]
    share = times["draw_s"] / times["wall_s"]
    return f"| {times['variant']} | " + " | ".join([*cells, f"{share:.2%}"]) + " |"
