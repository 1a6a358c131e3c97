"""Meta-training runs, each in a process of its own, some at a time.

Ctrl-C reaches the runs under way once: they finish their outer step and write a
checkpoint, from which the same call goes on. What a run says is kept beside its
folder, as `<folder>.log`; what a finished run was told, as `<folder>.json`.
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time
from typing import NamedTuple

from learned_update.configuration import find
from learned_update.errors import invalid
from learned_update.progress import Progress
from learned_update.training.runs.interruption import interruption, stopped

PROGRAM = (sys.executable, "-W", "ignore", "-m", "learned_update", "train")
FINISHED_FILE = "finished"  # which `train` leaves in the folder
THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)
POLL_SECONDS = 0.1
LONGEST_REASON = 300  # characters


class Run(NamedTuple):
    """One meta-training run.

    Attributes:
        folder: its run directory.
        gin_file: its configuration.
        bindings: gin bindings after those of the file.
        seed: of everything random.
        needed: whether the other runs are worth nothing without it.
    """

    folder: pathlib.Path
    gin_file: str
    bindings: tuple[str, ...]
    seed: int
    needed: bool = False


def train_all(runs, processes=1, progress=None):
    """Does all runs that are not finished yet.

    Args:
        runs: `Run`s of different folders.
        processes: how many run at a time; with more than one, each has its share of
            the cores.
        progress: whether to show a bar; None shows it on a terminal.

    Returns:
        `{Run: why}` of those that failed.

    Raises:
        ValueError: a run failed that is needed; the others were stopped.
        KeyboardInterrupt: after Ctrl-C, with everything so far on disk.
    """
    waiting, running, failed = list(runs), {}, {}
    with (
        Progress(len(waiting), "runs", enabled=progress) as bar,
        interruption() as interrupted,
    ):
        try:
            while (waiting or running) and not interrupted.is_set():
                while waiting and len(running) < processes:
                    run = waiting.pop(0)
                    if _is_finished(run):
                        bar.update()
                    else:
                        running[run] = _start(run, processes)
                for run in [x for x, process in running.items() if _ended(process)]:
                    _conclude(run, running.pop(run).returncode, failed)
                    bar.update()
                if running:
                    time.sleep(POLL_SECONDS)
            if interrupted.is_set():
                left = len(waiting) + len(running)
                raise stopped(
                    f"Stopped with {left} of {len(runs)} meta-training runs to go; "
                    "everything so far is on disk. The same command goes on.",
                    interrupted.by_termination,
                )
        finally:
            _stop(running.values())
    return failed


def _is_finished(run):
    """Whether the folder holds this very run, finished."""
    told = run.folder.with_suffix(".json")
    return (
        (run.folder / FINISHED_FILE).is_file()
        and told.is_file()
        and told.read_text(encoding="utf-8") == _told(run)
    )


def _told(run):
    text = find(run.gin_file).read_text(encoding="utf-8")
    told = {"gin_file": text, "bindings": run.bindings, "seed": run.seed}
    return json.dumps(told, indent=1)


def _start(run, processes):
    run.folder.parent.mkdir(parents=True, exist_ok=True)
    command = [*PROGRAM, "--gin_file", run.gin_file, "--run_dir", str(run.folder)]
    command += ["--seed", str(run.seed)]
    for binding in run.bindings:
        command += ["--gin_param", binding]
    with run.folder.with_suffix(".log").open("w", encoding="utf-8") as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=_environment(processes),
            start_new_session=True,  # Ctrl-C comes from here alone, and once
        )


def _environment(processes):
    path = os.pathsep.join(filter(None, sys.path))
    environment = {**os.environ, "PYTHONPATH": path}
    if processes > 1:
        threads = str(max(1, (os.cpu_count() or 1) // processes))
        environment |= dict.fromkeys(THREAD_VARIABLES, threads)
    return environment


def _ended(process):
    return process.poll() is not None


def _conclude(run, status, failed):
    """Keeps what a finished run was told, or why it failed."""
    if status == 0:
        run.folder.with_suffix(".json").write_text(_told(run), encoding="utf-8")
        return
    log = run.folder.with_suffix(".log")
    failed[run] = _reason(status, log.read_text(encoding="utf-8", errors="replace"))
    if run.needed:
        raise invalid(
            f"The run {run.folder}, which all others are compared with, failed.",
            expected="a meta-training run that ends",
            received=failed[run],
            remedy=f"All that it said is in {log}.",
        )


def _reason(status, said):
    if status < 0:
        return f"stopped by {signal.Signals(-status).name}"
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    last = lines[-1] if lines else f"exit status {status}"
    return last.removeprefix("learned-update train: error: ")[:LONGEST_REASON]


def _stop(processes):
    """Has runs write a checkpoint and end; a second Ctrl-C ends them at once."""
    for process in processes:
        process.send_signal(signal.SIGINT)
    try:
        for process in processes:
            process.wait()
    finally:
        for process in processes:
            process.kill()
            process.wait()
