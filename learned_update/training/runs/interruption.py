"""Ctrl-C that waits for the end of the current step."""

import contextlib
import signal
import threading


@contextlib.contextmanager
def interruption():
    """Yields an event that the first Ctrl-C (or SIGTERM) sets; a second one raises.

    Outside the main thread, where signals cannot be caught, it is never set.
    """
    event = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield event
        return

    def handle(*_):
        if event.is_set():
            raise KeyboardInterrupt
        event.set()

    caught = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, handle) for number in caught}
    try:
        yield event
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
