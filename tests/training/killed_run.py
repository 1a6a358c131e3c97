"""A run of 60 outer steps that may kill itself; a process of its own.

usage: killed_run.py RUN_DIR WHERE AT

WHERE is what it is doing when it is killed: `starting`, `seconds` (AT of them after its
first outer step), `writing` (half of the checkpoint of outer step AT is written),
`renaming` (that checkpoint is whole, but not in its place), `pruning` (it is to be
removed), `logging` (half of its line of metrics is written) or `never`. `terminated`
sends SIGTERM in that outer step, and `twice` sends it two times.
"""

import os
import pathlib
import signal
import sys
import threading

import keras

if __name__ == "__main__" and keras.backend.backend() == "jax":
    sys.modules["tensorflow"] = None  # importing it raises from here on

import learned_update as lu
from learned_update.errors import Stopped
from learned_update.training import MetaTrainer, Schedule, meta_train
from learned_update.training.runs.metrics_log import MetricsLog
from learned_update.training.saving import archive
from tests.training import small_run

OUTER_STEPS = 60
EVERY = 7


def send(number):
    os.kill(os.getpid(), number)


def kill():
    send(signal.SIGKILL)


def before(owner, name, act):
    """Has something done before every call of a function."""
    function = getattr(owner, name)

    def wrapped(*arguments, **options):
        act(*arguments)
        return function(*arguments, **options)

    setattr(owner, name, wrapped)


def plant(where, at):
    """Plants the death; AT is a number of seconds or of an outer step."""
    stem = f"outer_step_{int(at):08d}"

    calls = []

    def after_seconds(*_):
        calls.append(1)
        if len(calls) == 2:
            threading.Timer(at, kill).start()

    def half_written(path):
        if stem in path.name:
            with path.open("r+b") as file:
                file.truncate(path.stat().st_size // 2)
            kill()

    def half_a_line(log, metrics):
        if metrics["outer_step"] == at:
            log._file.write('{"outer_step": 9, "meta_lo')
            log._file.flush()
            kill()

    def of_path(path, *_):
        if stem in str(path):
            kill()

    def of_step(times):
        def act(_, state, *__):
            if state.outer_step == at:
                for _ in range(times):
                    send(signal.SIGTERM)

        return act

    owner, name, act = {
        "never": (MetaTrainer, "step", lambda *_: None),
        "starting": (MetaTrainer, "step", lambda *_: kill()),
        "seconds": (MetaTrainer, "step", after_seconds),
        "writing": (archive, "seal", half_written),
        "renaming": (os, "replace", of_path),
        "pruning": (pathlib.Path, "unlink", of_path),
        "logging": (MetricsLog, "write", half_a_line),
        "terminated": (MetaTrainer, "step", of_step(1)),
        "twice": (MetaTrainer, "step", of_step(2)),
    }[where]
    before(owner, name, act)


def main(run_dir, where, at):
    plant(where, float(at))
    try:
        meta_train(
            run_dir,
            seed=3,
            rule=lu.UpdateRule,
            groups=small_run.groups(units=(4,)),
            outer_steps=OUTER_STEPS,
            schedule=Schedule(truncation_lengths=(1, 2), unroll_lengths=(2, 9)),
            rematerialise="none",
            checkpoint_every=EVERY,
            compilation_cache=str(pathlib.Path(run_dir).parent / "compiled"),
            tensorboard=False,
        )
    except Stopped as error:
        sys.exit(error.status)
    if where != "never":
        kill()  # it was at the end before


if __name__ == "__main__":
    main(*sys.argv[1:])
