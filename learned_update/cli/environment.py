"""What must be set before Keras and TensorFlow are imported."""

import contextlib
import io
import os
import sys
import tempfile

from learned_update.keras_backend import ask_for_determinism


def prepare():
    """Sets the default backend and keeps TensorFlow's C++ log to errors.

    Names that the terminal's encoding lacks are printed with escapes.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def make_deterministic():
    """Has everything that is computed repeat to the bit on this machine."""
    ask_for_determinism()
    with quiet_imports():
        from learned_update import backend

        backend.make_deterministic()


@contextlib.contextmanager
def quiet_imports():
    """Keeps what C++ libraries say while they are loaded, shows it if loading fails.

    TensorFlow 2.21 prints notes on oneDNN and on missing drivers before it reads its
    log level; they go to the process's standard error, past `sys.stderr`.
    """
    sys.stderr.flush()
    terminal = os.dup(2)
    with tempfile.TemporaryFile() as kept:
        os.dup2(kept.fileno(), 2)
        try:
            yield
        except BaseException:
            kept.seek(0)
            os.write(terminal, kept.read())
            raise
        finally:
            sys.stderr.flush()
            os.dup2(terminal, 2)
            os.close(terminal)
