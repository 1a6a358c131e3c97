"""What checkpoints cost a run: the same outer steps with them and without."""

import pathlib
import statistics
import tempfile
import time

import keras

from learned_update.benchmarks.glyph_trainer import make_trainer
from learned_update.progress import Progress
from learned_update.training.guards.guard import Guard
from learned_update.training.hosts.alone import Alone
from learned_update.training.runs.interruption import Interruption
from learned_update.training.runs.metrics_log import MetricsLog
from learned_update.training.runs.outer_loop import Keeping, OuterLoop
from learned_update.training.runs.unmonitored import Unmonitored

ROUNDS = 5
NEVER = 10**9  # outer steps
EVERY = 50  # the default of `meta_train.checkpoint_every`


def measure_checkpoint_cost(configuration, outer_steps):
    """Times runs that write a checkpoint after every outer step, and after the last.

    Args:
        configuration: `Configuration`.
        outer_steps: of every run, at least 2; there are five of both kinds, in turn.

    Returns:
        A dict: `step_s`, seconds of an outer step without a checkpoint; `checkpoint_s`
        and `checkpoint_cpu_s`, what one adds to a run; `share`, that over `EVERY`
        outer steps; medians. `largest_share` is that of the dearest round.
    """
    trainer = make_trainer(configuration)
    _run(trainer, 1, NEVER)  # compiles
    rounds = []
    for _ in range(ROUNDS):
        with_all, without = (_run(trainer, outer_steps, x) for x in (1, NEVER))
        rounds.append(
            {
                "step_s": without[0] / outer_steps,
                "checkpoint_s": (with_all[0] - without[0]) / (outer_steps - 1),
                "checkpoint_cpu_s": (with_all[1] - without[1]) / (outer_steps - 1),
            }
        )
    found = {name: statistics.median(row[name] for row in rounds) for name in rounds[0]}
    return {
        **found,
        "every": EVERY,
        "share": found["checkpoint_s"] / (EVERY * found["step_s"]),
        "largest_share": max(row["checkpoint_s"] for row in rounds)
        / (EVERY * found["step_s"]),
        "backend": keras.backend.backend(),
    }


def _run(trainer, outer_steps, every):
    """Seconds and CPU-seconds of the loop of `meta_train`, with everything it keeps."""
    with tempfile.TemporaryDirectory() as folder:
        run_dir, state = pathlib.Path(folder), trainer.initial_state()
        with (
            MetricsLog(run_dir) as log,
            Progress(outer_steps, "outer steps", enabled=False) as bar,
        ):
            loop = OuterLoop(
                trainer=trainer,
                run_dir=run_dir,
                outer_steps=outer_steps,
                keeping=Keeping(every, 3, None),
                hosts=Alone(),
                log=log,
                watch=Unmonitored(),
                bar=bar,
                interrupted=Interruption(),
                guard=Guard(trainer.guards, trainer.clip_norm),
            )
            begun, cpu = time.perf_counter(), time.process_time()
            loop(state)
            return time.perf_counter() - begun, time.process_time() - cpu
