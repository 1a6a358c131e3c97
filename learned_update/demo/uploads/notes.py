"""What the package warns of while it reads, told to the visitor whose data it is."""

import contextlib
import logging
import threading
import warnings

_own = threading.local()


@contextlib.contextmanager
def collected():
    """Yields a list of what this thread warns of in the block, each text once."""
    earlier = getattr(_own, "texts", None)
    _own.texts = texts = []
    try:
        yield texts
    finally:
        _own.texts = earlier


@contextlib.contextmanager
def listening():
    """While the block runs, warnings and log lines go to the thread that caused them.

    For a whole process: Python's warnings know no threads.
    """
    handler = _Handler(logging.WARNING)
    logger = logging.getLogger("absl")
    with warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        usual = warnings.showwarning

        def show(message, category, *rest, **named):
            if not _note(str(message)):
                usual(message, category, *rest, **named)

        warnings.showwarning = show
        logger.addHandler(handler)
        try:
            yield
        finally:
            logger.removeHandler(handler)


class _Handler(logging.Handler):
    def emit(self, record):
        _note(record.getMessage())


def _note(text):
    """Keeps a text if somebody collects in this thread; whether they do."""
    texts = getattr(_own, "texts", None)
    if texts is None:
        return False
    if text not in texts:
        texts.append(text)
    return True
