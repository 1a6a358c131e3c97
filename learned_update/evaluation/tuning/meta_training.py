"""A trial of a search: meta-training with some settings, in a process of its own.

Its folder is named by its settings, so that a search that was stopped goes on with the
checkpoints that are there.
"""

import hashlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
from typing import Any, NamedTuple

from learned_update.errors import Stopped, invalid
from learned_update.evaluation.tuning.space import bindings_of
from learned_update.files import atomic_path

PROGRAM = (sys.executable, "-W", "ignore", "-m", "learned_update", "train")
UNWATCHED = ("experiment.report = None", "meta_train.monitor = None")
SCORES_FILE = "validation.json"
RULE_FILE = "rule.keras"
POLL_SECONDS = 0.1
LONGEST_REASON = 300  # characters


class MetaTraining(NamedTuple):
    """Trains as far as a search asks for, and scores.

    Attributes:
        folder: where the runs are kept, in `trials`.
        gin_files: of all trials.
        bindings: of all trials, after those of the files.
        seed: of all trials.
        score: function of the path of a rule.
        stop: asks to stop when it `is_set()`; whether `by_termination`.
    """

    folder: pathlib.Path
    gin_files: tuple[str, ...]
    bindings: tuple[str, ...]
    seed: int
    score: Any
    stop: Any

    def __call__(self, settings, outer_steps):
        """Accuracy after so many outer steps with some settings.

        Args:
            settings: mapping from names to values as gin reads them.
            outer_steps: so far.

        Raises:
            ValueError: meta-training fails with these settings.
            KeyboardInterrupt: `Stopped`, if asked for.
        """
        run_dir = self.folder / "trials" / name_of(settings)
        kept = _read(run_dir)
        if str(outer_steps) not in kept:
            self._train(run_dir, settings, outer_steps)
            kept[str(outer_steps)] = self.score(run_dir / RULE_FILE)
            with atomic_path(run_dir / SCORES_FILE) as temporary:
                temporary.write_text(json.dumps(kept), encoding="utf-8")
        return kept[str(outer_steps)]

    def _train(self, run_dir, settings, outer_steps):
        run_dir.parent.mkdir(parents=True, exist_ok=True)
        command = [*PROGRAM, "--run_dir", str(run_dir), "--seed", str(self.seed)]
        command += ["--until", str(outer_steps)]
        for file in self.gin_files:
            command += ["--gin_file", file]
        for binding in (*self.bindings, *UNWATCHED, *bindings_of(settings)):
            command += ["--gin_param", binding]
        log = run_dir.with_suffix(".log")
        path = os.pathsep.join(filter(None, sys.path))
        with log.open("a", encoding="utf-8") as file:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONPATH": path},
                start_new_session=True,  # Ctrl-C comes from here alone, and once
            )
        self._wait(process)
        if process.returncode:
            raise invalid(
                "Meta-training failed with these settings.",
                expected=f"{outer_steps} outer steps",
                received=_reason(process.returncode, log),
                remedy=f"All that it said is in {log}.",
            )

    def _wait(self, process):
        try:
            while process.poll() is None:
                if self.stop.is_set():
                    process.send_signal(signal.SIGINT)
                    process.wait()
                    terminated = self.stop.by_termination
                    raise Stopped(
                        "Stopped; the trials so far are kept, and the one under way "
                        "has a checkpoint. The same command goes on.",
                        signal.SIGTERM if terminated else signal.SIGINT,
                    )
                time.sleep(POLL_SECONDS)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()


def name_of(settings):
    """Twelve hexadecimal digits that other settings would change."""
    said = json.dumps(settings, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def _read(run_dir):
    path = run_dir / SCORES_FILE
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _reason(status, log):
    if status < 0:
        return f"stopped by {signal.Signals(-status).name}"
    text = log.read_text(encoding="utf-8", errors="replace")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    last = lines[-1] if lines else f"exit status {status}"
    return last.removeprefix("learned-update train: error: ")[:LONGEST_REASON]
