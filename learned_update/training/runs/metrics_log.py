"""Metrics of a run: a line of JSON per outer step, and TensorBoard events."""

import json
import os
import pathlib

from absl import logging

from learned_update.files import atomic_path, writing
from learned_update.run_metrics import (
    METRICS_FILE,
    ORIGIN,
    read_metrics,
    read_origins,
)
from learned_update.training.runs.events import EventWriter


class MetricsLog:
    """Appends metrics to `metrics.jsonl` and, if asked for, to TensorBoard events.

    Args:
        run_dir: folder of the run.
        outer_step: outer steps done; later lines, of a run that was cut off after its
            last checkpoint, are dropped.
        tensorboard: whether to write events, which imports TensorFlow.
        origin: what the run was made with, a dict; the file begins with it. A run that
            goes on with another one adds that.

    Raises:
        ValueError: events are asked for in a folder whose name is not UTF-8.
        StorageError: the log or the events cannot be written.
    """

    def __init__(self, run_dir, outer_step=0, tensorboard=False, origin=None):
        self.run_dir = pathlib.Path(run_dir)
        self.path = self.run_dir / METRICS_FILE
        kept = rows_until(run_dir, outer_step)
        if len(kept) < outer_step:
            logging.warning(
                "Metrics of outer steps 1 to %d are missing in %s: there are %d.",
                outer_step,
                self.path,
                len(kept),
            )
        self._origins = read_origins(run_dir)
        if origin is not None and origin not in self._origins[-1:]:
            self._origins.append(origin)
        self._replace(kept)
        self._events = EventWriter(run_dir) if tensorboard else None
        self._file = self.path.open("a", encoding="utf-8")  # last: nothing fails now

    def _replace(self, rows):
        rows = [*({ORIGIN: origin} for origin in self._origins), *rows]
        with atomic_path(self.path) as temporary:
            temporary.write_text("".join(json.dumps(row) + "\n" for row in rows))

    def cut(self, outer_step):
        """Drops the lines of later outer steps, as the run has gone back."""
        self._file.close()
        self._replace(rows_until(self.run_dir, outer_step))
        self._file = self.path.open("a", encoding="utf-8")

    def write(self, metrics):
        """Adds the metrics of one outer step."""
        with writing(self.path):
            self._file.write(json.dumps(metrics) + "\n")
            self._file.flush()
        self.write_events(metrics["outer_step"], metrics)

    def sync(self):
        """Returns when all lines are on disk, and the system has all events."""
        with writing(self.path):
            os.fsync(self._file.fileno())
        if self._events is not None:
            self._events.flush()

    def write_events(self, outer_step, scalars):
        """Adds numbers to the TensorBoard events alone, if there are any."""
        if self._events is not None:
            kept = {x: y for x, y in scalars.items() if x != "outer_step"}
            self._events.write(outer_step, kept)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with writing(self.path):
            self._file.close()


def rows_until(run_dir, outer_step):
    """The metrics of a run up to an outer step, a dict each."""
    return [row for row in read_metrics(run_dir) if row["outer_step"] <= outer_step]
