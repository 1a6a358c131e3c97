"""A run of 60 outer steps that may kill itself; a process of its own.

usage: killed_run.py RUN_DIR RESULT WHERE AT

WHERE is what the process is doing when it is killed: `seconds` after its first outer
step (AT of them), `writing` (AT outer steps done: half of that checkpoint is written),
`renaming` (that checkpoint is whole, but not in its place), `pruning` (older ones are
being removed), `logging` (half of a line of metrics is written), or `never`; with
`terminated` it gets SIGTERM. The first 32 bits of the SHA-256 of theta go to RESULT.
"""

import os
import signal
import sys
import threading

import keras

if __name__ == "__main__" and keras.backend.backend() == "jax":
    sys.modules["tensorflow"] = None  # importing it raises from here on

import numpy as np

import learned_update as lu
from learned_update.training import MetaTrainer, Schedule, meta_train
from learned_update.training.runs.metrics_log import MetricsLog
from learned_update.training.saving import archive, folder
from tests.training import small_run

OUTER_STEPS = 60
EVERY = 7


def kill():
    os.kill(os.getpid(), signal.SIGKILL)


def before(owner, name, condition, act):
    """Has something done before a function is called, if a condition holds."""
    function = getattr(owner, name)

    def wrapped(*arguments, **options):
        if condition(*arguments):
            act(*arguments)
        return function(*arguments, **options)

    setattr(owner, name, wrapped)


def prepare(where, at):
    """Plants the death."""

    def of_step(path, *_):
        return folder.NAME.format(int(at)).removesuffix(".npz") in str(path)

    def half(file, **arrays):
        del arrays["outer_step"]
        np.savez(file.name, **arrays)
        with open(file.name, "r+b") as whole:
            whole.truncate(os.path.getsize(file.name) // 2)
            os.fsync(whole.fileno())
        kill()

    def half_a_line(log, metrics):
        log._file.write('{"outer_step": 9, "meta_lo')
        log._file.flush()
        kill()

    def timed(*_):
        threading.Timer(at, kill).start()

    def terminate(*_):
        os.kill(os.getpid(), signal.SIGTERM)

    if where == "seconds":
        before(MetaTrainer, "step", _Once(), timed)
    elif where == "writing":
        before(archive, "write_archive", of_step, lambda *_: None)
        real = np.savez
        archive.np = _With(np, savez=lambda file, **arrays: (
            half if int(arrays["outer_step"]) == at else real
        )(file, **arrays))
    elif where == "renaming":
        before(os, "replace", of_step, lambda *_: kill())
    elif where == "pruning":
        before(type(folder.pathlib.Path()), "unlink", lambda path, *_: (
            folder.PATTERN.fullmatch(path.name) and folder.outer_step_of(path) == at
        ), lambda *_: kill())
    elif where == "logging":
        before(MetricsLog, "write", lambda _, row: row["outer_step"] == at, half_a_line)
    elif where == "terminated":
        before(
            MetaTrainer, "step", lambda _, state, *__: state.outer_step == at, terminate
        )
