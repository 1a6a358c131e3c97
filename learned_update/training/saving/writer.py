"""Writes checkpoints in a thread, so that the outer steps go on meanwhile."""

import queue
import threading


class BackgroundWriter:
    """Does one piece of writing after the other, in the order that they are given.

    What goes wrong in the thread is raised by the next call of any method, so that a
    run stops with its message.
    """

    def __init__(self):
        self._given = queue.Queue()
        self._error = None
        self._thread = threading.Thread(
            target=self._work, name="checkpoints", daemon=True
        )
        self._thread.start()

    def submit(self, write):
        """Has a function without arguments called; waits for the one before it."""
        self.wait()
        self._given.put(write)

    def check(self):
        """Raises what went wrong, if anything has."""
        if self._error is not None:
            error, self._error = self._error, None
            raise error

    def wait(self):
        """Returns when all is written."""
        self._given.join()
        self.check()

    def _work(self):
        while True:
            write = self._given.get()
            try:
                if write is None:
                    return
                write()
            except Exception as error:
                self._error = error
            finally:
                self._given.task_done()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self._given.put(None)
        self._given.join()
        if kind is None:
            self.check()
