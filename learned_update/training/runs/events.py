"""Scalars for TensorBoard, in the events of a run."""

import contextlib
import pathlib

from learned_update.errors import describe
from learned_update.files import StorageError, check_utf8_path, utf8_text, writing

EVENT_FOLDER = "events"  # of a run directory


class EventWriter:
    """Writes TensorBoard events of a run; imports TensorFlow.

    Args:
        run_dir: folder of the run.

    Raises:
        ValueError: the folder's name is not UTF-8.
        StorageError: nothing can be written there.
    """

    def __init__(self, run_dir):
        import tensorflow as tf

        check_utf8_path(
            run_dir,
            "Name another run directory, or bind meta_train.tensorboard = False.",
        )
        self._tensorflow = tf
        self._folder = pathlib.Path(run_dir) / EVENT_FOLDER
        with writing(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
        with self._worded():
            self._writer = tf.summary.create_file_writer(str(self._folder))

    def write(self, step, scalars):
        """Adds numbers by name; raises `StorageError` if they cannot be written."""
        with self._worded(), self._writer.as_default(step=step):
            for name, value in scalars.items():
                self._tensorflow.summary.scalar(name, value)

    def flush(self):
        """Returns when the system has all of them; raises `StorageError`."""
        with self._worded():
            self._writer.flush()

    @contextlib.contextmanager
    def _worded(self):
        try:
            yield
        except (OSError, self._tensorflow.errors.OpError) as error:
            raise StorageError(
                describe(
                    f"TensorBoard events could not be written to "
                    f"{utf8_text(self._folder)}.",
                    expected="a folder with room that you may write in",
                    received=str(getattr(error, "message", error)).splitlines()[0],
                    remedy="Make room there or bind meta_train.tensorboard = False, "
                    "then give the same command again: what was written before is "
                    "whole.",
                )
            ) from error
