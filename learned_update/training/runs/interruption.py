"""Signals that wait for the end of the current step."""

import contextlib
import signal
import threading

from learned_update.errors import Stopped


class Interruption:
    """Whether a signal has asked to stop, and which.

    Attributes:
        signal: number of the first one; None before.
    """

    signal = None

    def is_set(self):
        """Whether there was one."""
        return self.signal is not None

    @property
    def by_keyboard(self):
        """Whether that was SIGINT."""
        return self.signal == signal.SIGINT

    @property
    def by_termination(self):
        """Whether that was SIGTERM."""
        return self.signal == signal.SIGTERM

    def handle(self, number, _):
        """The first signal is noted; from then on each stops at once."""
        self.signal = number
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


@contextlib.contextmanager
def interruption():
    """Yields an `Interruption` that the first SIGINT (Ctrl-C) or SIGTERM sets.

    A second SIGINT raises `KeyboardInterrupt`, a second SIGTERM ends the process.
    Outside the main thread, where signals cannot be caught, it is never set.
    """
    asked = Interruption()
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    caught = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, asked.handle) for number in caught}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def stopped(message, terminated):
    """The exception of a run that ends as it was asked to.

    Args:
        message: where it stands, for people.
        terminated: whether SIGTERM asked, else SIGINT.
    """
    return Stopped(message, signal.SIGTERM if terminated else signal.SIGINT)
