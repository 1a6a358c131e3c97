"""Several processes that do one run together, as one of them sees it."""

import atexit
import os
import sys

from learned_update.errors import InvalidInputError

SECONDS_TO_END = 30.0  # that others may take to reach the end of a run
SECONDS_TO_SEE = 10.0  # that it may take to see that another process is gone


class Hosts:
    """All processes of a run; within `with`, which ends them together.

    If a process is lost, the others print so and exit with status `LOST`. If this one
    leaves the block by an exception, the others end as if it were lost.

    Args:
        process: number of this process.
        processes: how many there are.
        lines: `Line`s: to all others, in order, from process 0; to it from others.

    Attributes:
        first: whether this is the process that writes.
        engine: what `backend.join_hosts` returned.
    """

    engine = None

    def __init__(self, process, processes, lines):
        self.process = process
        self.processes = processes
        self.first = process == 0
        self._lines = lines

    def exchange(self, value):
        """What every process gives, in order; waits for all.

        Args:
            value: anything that JSON holds.

        Returns:
            A list of one value per process, the same on all.
        """
        return self._exchange("value", value)

    def any(self, *flags):
        """Whether any process says so, flag by flag; waits for all."""
        rows = self.exchange([bool(flag) for flag in flags])
        return tuple(any(column) for column in zip(*rows, strict=True))

    def _exchange(self, kind, value, patience=None):
        if self.first:
            values = [value, *(line.receive(kind, patience) for line in self._lines)]
            for line in self._lines:
                line.send(kind, values)
            return values
        (line,) = self._lines
        line.send(kind, value)
        return line.receive(kind, patience)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, _):
        stopped = isinstance(error, KeyboardInterrupt)  # of all together, or else lost
        if error is None or stopped:
            self._exchange("end", True, SECONDS_TO_END if stopped else None)
            for line in self._lines:
                line.end()
            return
        if not isinstance(error, InvalidInputError | SystemExit):
            for line in self._lines:  # whose loss may have been the reason
                line.wait(SECONDS_TO_SEE / len(self._lines))
        atexit.register(_exit_now)
        for line in self._lines:
            line.close()


def _exit_now():
    """Exits without the engine's wait for the other processes."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(1)
