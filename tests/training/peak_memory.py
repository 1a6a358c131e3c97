"""Peak memory of outer steps, in a process of its own: a line of JSON.

usage: peak_memory.py TRUNCATION UNROLL OUTER_STEPS TASKS WIDTH

Unrolls of UNROLL inner steps in truncations of TRUNCATION. `before` is what the process
holds before the first outer step, `peak` the most at the end, in MB; on JAX `compiled`
is what the compiler says that the truncation needs beside its arguments and results.
"""

import json
import pathlib
import resource
import sys

import keras

import learned_update as lu
from learned_update.training import Schedule
from tests.training import small_run

MB = 1e6


def held():
    """Bytes that the process holds now."""
    pages = pathlib.Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * resource.getpagesize()


def compiled(trainer, state):
    """What the compiler says, in bytes."""
    import jax

    from learned_update.benchmarks.measured_trainer import MeasuredTrainer

    arguments = MeasuredTrainer.truncation_arguments(
        trainer, state, trainer.draw(state), 0
    )
    step = jax.jit(MeasuredTrainer.truncation(trainer, 0))
    return step.lower(*arguments).compile().memory_analysis().temp_size_in_bytes


def main(truncation, unroll, outer_steps, tasks, width):
    trainer = lu.MetaTrainer(
        lu.UpdateRule(seed=1),
        [
            lu.TaskGroup(
                small_run.tasks(),
                units=(width, width, 32),
                slots=tasks,
                batch_size=64,
            )
        ],
        schedule=Schedule((truncation,), (unroll, unroll)),
        seed=3,
    )
    state, before = trainer.initial_state(), held()
    for _ in range(outer_steps):
        state, metrics = trainer.step(state)
        dict(metrics)
    found = {
        "before": before / MB,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MB,
        "begun": int(state.groups[0].unroll.sum()),
    }
    if keras.backend.backend() == "jax" and outer_steps == 1:
        found["compiled"] = compiled(trainer, trainer.initial_state()) / MB
    print(json.dumps(found))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
