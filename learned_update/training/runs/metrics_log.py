"""Metrics of a run: a line of JSON per outer step, and TensorBoard events."""

import json
import os
import pathlib

from absl import logging

from learned_update.files import atomic_path, check_utf8_path, writing
from learned_update.run_metrics import (
    METRICS_FILE,
    ORIGIN,
    read_metrics,
    read_origins,
)


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
        self._events = _event_writer(run_dir) if tensorboard else None
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
        if self._events is not None:
            self._events(metrics)

    def sync(self):
        """Returns when all lines are on disk."""
        with writing(self.path):
            os.fsync(self._file.fileno())

    def write_events(self, outer_step, scalars):
        """Adds numbers to the TensorBoard events alone, if there are any."""
        if self._events is not None:
            self._events({"outer_step": outer_step, **scalars})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with writing(self.path):
            self._file.close()


def rows_until(run_dir, outer_step):
    """The metrics of a run up to an outer step, a dict each."""
    return [row for row in read_metrics(run_dir) if row["outer_step"] <= outer_step]


def _event_writer(run_dir):
    import tensorflow as tf

    remedy = "Name another run directory, or bind meta_train.tensorboard = False."
    check_utf8_path(run_dir, remedy)
    writer = tf.summary.create_file_writer(str(pathlib.Path(run_dir) / "events"))

    def write(metrics):
        with writer.as_default(step=metrics["outer_step"]):
            for name, value in metrics.items():
                if name != "outer_step":
                    tf.summary.scalar(name, value)

    return write
