"""Faults planted in a run's directory, and what `learned-update train` makes of them.

usage: python -m tests.training.fault_injector [--seed SEED]

A run of 20 outer steps stands after the 17th, with three checkpoints. In every case a
copy of it meets a fault, drawn from the seed, and the same command is given again; if
that is refused, the fault is taken away and it is given once more. A table says for
each kind of fault how many runs ended with the theta of the run that nothing happened
to, at once or after the refusal, and what must be 0: runs that ended otherwise,
tracebacks, valid checkpoints lost. Full and read-only disks are said to be so by the
system's calls.
"""

import argparse
import collections
import contextlib
import errno
import io
import os
import pathlib
import random
import shutil
import tempfile
import threading
from unittest import mock

import numpy as np

import learned_update as lu
from learned_update.cli import main as command_line
from learned_update.run_metrics import read_metrics
from learned_update.training import (
    MetaTrainer,
    Schedule,
    checkpoints,
    meta_train,
    read_checkpoint,
)
from learned_update.training.directory.lock import run_lock
from learned_update.training.runs import experiment, run
from learned_update.training.saving.archive import write_archive
from tests.training import small_run

OUTER_STEPS, STOPPED, EVERY = 20, 17, 5
COLUMNS = (
    "went on: same theta",
    "went on: mended",
    "refused, then same theta",
    "other theta",
    "traceback",
    "checkpoint lost",
)


class Runs:
    """Runs of one configuration, which share compiled functions."""

    def __init__(self):
        self.trainer, self.rule = None, lu.UpdateRule(seed=3)
        self.theta = self.rule.get_weights()
        self.groups = small_run.groups(units=(4,))

    def make_rule(self, seed):
        del seed
        self.rule.set_weights(self.theta)
        return self.rule

    def make_trainer(self, *arguments, **options):
        if self.trainer is None:
            self.trainer = MetaTrainer(*arguments, **options)
        for variable in self.trainer.optimizer.variables:
            if variable.name != "learning_rate":
                variable.assign(np.zeros(variable.shape))
        return self.trainer

    def experiment(self, run_dir, hosts):
        """In the place of what gin configures."""
        meta_train(
            run_dir,
            seed=3,
            rule=self.make_rule,
            groups=self.groups,
            outer_steps=OUTER_STEPS,
            schedule=Schedule(truncation_lengths=(1, 2), unroll_lengths=(2, 9)),
            checkpoint_every=EVERY,
            tensorboard=False,
            compilation_cache="",
            hosts=hosts,
        )

    def command(self, run_dir):
        """`(exit status, what was said)`; the status is None after a traceback."""
        said = io.StringIO()
        arguments = ["train", "--run_dir", str(run_dir)]
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            try:
                return command_line.main(arguments), said.getvalue()
            except Exception as error:
                return None, f"{type(error).__name__}: {error}"


def newest(run_dir):
    return checkpoints(run_dir / "checkpoints")[-1]


def truncate(rng, run_dir):
    path = newest(run_dir)
    with path.open("r+b") as file:
        file.truncate(rng.randrange(path.stat().st_size))


def flip(path, rng):
    content = bytearray(path.read_bytes())
    content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    path.write_bytes(content)


def flip_newest(rng, run_dir):
    flip(newest(run_dir), rng)


def flip_any(rng, run_dir):
    files = sorted(path for path in run_dir.rglob("*") if path.is_file())
    flip(rng.choice([path for path in files if path.stat().st_size]), rng)


def delete(rng, run_dir):
    files = sorted(path for path in run_dir.rglob("*"))
    path = rng.choice(files)
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def empty(rng, run_dir):
    del rng
    newest(run_dir).write_bytes(b"")


def change(run_dir, act):
    arrays = read_checkpoint(newest(run_dir))
    act(arrays)
    write_archive(newest(run_dir), arrays)


def take_part_out(rng, run_dir):
    change(run_dir, lambda arrays: arrays.pop(rng.choice(sorted(arrays))))


def nan_in(prefix):
    def plant(rng, run_dir):
        def act(arrays):
            names = [
                name
                for name, array in sorted(arrays.items())
                if name.startswith(prefix) and array.dtype.kind == "f"
            ]
            array = arrays[rng.choice(names)]
            array.reshape(-1)[rng.randrange(array.size)] = rng.choice((np.nan, np.inf))

        change(run_dir, act)

    return plant


def file_in_place(rng, run_dir):
    del rng
    (run_dir / "checkpoints").rename(run_dir / "moved")
    (run_dir / "checkpoints").write_text("in the way")


@contextlib.contextmanager
def nothing(*_):
    yield


@contextlib.contextmanager
def two_runs(rng, runs, run_dir):
    """Another thread, in the place of another process, holds the directory."""
    del rng, runs
    held, done = threading.Event(), threading.Event()

    def hold():
        with run_lock(run_dir):
            held.set()
            done.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    try:
        yield
    finally:
        done.set()
        thread.join()


@contextlib.contextmanager
def nan_in_data(rng, runs, run_dir):
    """The data set is read anew, and one of its numbers is none."""
    del run_dir
    images = small_run.images()
    pixels = images.images.astype("float32") / 255
    pixels.reshape(-1)[rng.randrange(pixels.size)] = np.nan

    def broken(run_dir, hosts):
        broken_images = mock.Mock(return_value=images._replace(images=pixels))
        with mock.patch.object(small_run, "images", broken_images):
            runs.groups = small_run.groups(units=(4,))
        runs.experiment(run_dir, hosts)

    with mock.patch.object(experiment, "experiment", broken):
        yield


def refusing(number, after):
    """The system's calls that write say an error from some call on."""
    calls = []

    def wrapped(function):
        def call(*arguments, **options):
            calls.append(function.__name__)
            if len(calls) > after:
                raise OSError(number, os.strerror(number))
            return function(*arguments, **options)

        return call

    stack = contextlib.ExitStack()
    for owner, name in ((tempfile, "mkstemp"), (np, "savez"), (os, "fsync")):
        patch = mock.patch.object(owner, name, wrapped(getattr(owner, name)))
        stack.enter_context(patch)
    return stack


@contextlib.contextmanager
def full_disk(rng, runs, run_dir):
    del runs, run_dir
    with refusing(errno.ENOSPC, rng.randrange(18)):
        yield


@contextlib.contextmanager
def read_only(rng, runs, run_dir):
    del runs, run_dir
    with refusing(errno.EROFS, rng.randrange(3)):
        yield


# How many cases, what is done to the directory, and around the command.
KINDS = {
    "newest checkpoint cut short": (15, truncate, nothing),
    "newest checkpoint, one bit flipped": (25, flip_newest, nothing),
    "any file, one bit flipped": (12, flip_any, nothing),
    "any file or folder deleted": (12, delete, nothing),
    "newest checkpoint empty": (2, empty, nothing),
    "newest checkpoint, a part missing": (6, take_part_out, nothing),
    "NaN or infinity in theta": (5, nan_in("theta/"), nothing),
    "NaN or infinity in the optimizer": (5, nan_in("optimizer/"), nothing),
    "NaN or infinity in phi": (5, nan_in("group/"), nothing),
    "NaN in the data": (3, nothing, nan_in_data),
    "a file in a folder's place": (1, file_in_place, nothing),
    "two runs": (3, nothing, two_runs),
    "full disk": (20, nothing, full_disk),
    "read-only": (6, nothing, read_only),
}


def sound(folder):
    """`{name: content}` of the checkpoints that are whole."""
    found = {}
    for path in checkpoints(folder):
        with contextlib.suppress(ValueError):
            read_checkpoint(path)
            found[path.name] = path.read_bytes()
    return found


def same(run_dir, expected):
    return same_arrays(run_dir, expected) and losses(run_dir) == losses(expected)


def losses(run_dir):
    return [(x["outer_step"], x["meta_loss"]) for x in read_metrics(run_dir)]


def same_arrays(run_dir, expected):
    arrays = [read_checkpoint(newest(path)) for path in (run_dir, expected)]
    return all(
        arrays[0][name].tobytes() == arrays[1][name].tobytes() for name in arrays[1]
    )


def verdict(runs, run_dir, kind, rng, expected):
    """One of `COLUMNS`, and what was said."""
    _, plant, around = KINDS[kind]
    before = {path: path.read_bytes() for path in run_dir.rglob("*") if path.is_file()}
    if plant is not nothing:
        plant(rng, run_dir)
    valid = sound(run_dir / "checkpoints") if run_dir.is_dir() else {}
    with around(rng, runs, run_dir):
        status, said = runs.command(run_dir)
    if status is None:
        return "traceback", said
    runs.groups = small_run.groups(units=(4,))
    if status == 0:
        if same(run_dir, expected):
            return "went on: same theta", said
        finite = all(
            np.isfinite(array).all()
            for array in read_checkpoint(newest(run_dir)).values()
        )
        mended = finite and kind.endswith("phi")
        if kind.endswith("deleted"):  # perhaps metrics, without which a run goes on
            mended = same_arrays(run_dir, expected)
        return ("went on: mended" if mended else "other theta"), said
    after = sound(run_dir / "checkpoints")
    if any(after.get(name, content) != content for name, content in valid.items()):
        return "checkpoint lost", said
    oldest = min(after, default="~")
    if any(name not in after and name > oldest for name in valid):
        return "checkpoint lost", said  # and not merely followed by newer ones
    if not said.strip().startswith("learned-update train: error: "):
        return "traceback", said
    if plant is not nothing:  # what was planted is taken away
        shutil.rmtree(run_dir)
        for path, content in before.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    status, again = runs.command(run_dir)
    if status == 0 and same(run_dir, expected):
        return "refused, then same theta", said
    return "other theta", f"{said}\n{again}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    runs, table, samples = Runs(), {}, {}
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stack.enter_context(mock.patch.object(run, "MetaTrainer", runs.make_trainer))
        stack.enter_context(
            mock.patch.object(experiment, "experiment", runs.experiment)
        )
        expected, stands = folder / "whole", folder / "stands"
        runs.command(expected)
        step = MetaTrainer.step

        def stopped_step(self, state, drawn):
            if state.outer_step == STOPPED:
                raise MemoryError
            return step(self, state, drawn)

        with mock.patch.object(MetaTrainer, "step", stopped_step):
            runs.command(stands)
        for kind, (count, *_) in KINDS.items():
            table[kind] = collections.Counter()
            for case in range(count):
                rng = random.Random(f"{options.seed} {kind} {case}")
                run_dir = folder / "case"
                shutil.copytree(stands, run_dir)
                found, said = verdict(runs, run_dir, kind, rng, expected)
                table[kind][found] += 1
                samples.setdefault((kind, found), said.strip())
                shutil.rmtree(run_dir)
                if options.verbose or found in COLUMNS[3:]:
                    print(f"{kind}, case {case}: {found}: {said.strip()[:600]}")
    print("| fault | cases |", " | ".join(COLUMNS), "|")
    print("| --- |", " --- |" * (len(COLUMNS) + 1))
    total = collections.Counter()
    for kind, counts in [*table.items(), ("all", total)]:
        print(
            f"| {kind} | {sum(counts.values())} |",
            " | ".join(str(counts[x]) for x in COLUMNS),
            "|",
        )
        if kind != "all":
            total.update(counts)
    for (kind, found), said in samples.items():
        if found.startswith("refused"):
            print(f"\n{kind}: {said}")
    return any(total[x] for x in COLUMNS[3:])


if __name__ == "__main__":
    raise SystemExit(main())
