"""Which backend Keras will take, judged before Keras is imported."""

import difflib
import importlib.util
import json
import os
import pathlib
import sys

from learned_update.errors import invalid

SUPPORTED = ("tensorflow", "jax")
_VARIABLE = "KERAS_BACKEND"
_XLA = "XLA_FLAGS"
_DETERMINISTIC = (  # the first one also keeps XLA from choosing by measured times
    "--xla_gpu_deterministic_ops=true",
    "--xla_cpu_multi_thread_eigen=false",
)
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def checked_backend():
    """Name of the backend that Keras has taken, or will take when it is imported.

    Raises:
        ValueError: the package has no code for it, or it is not installed.
    """
    name, source = _chosen()
    if name not in SUPPORTED:
        near = difflib.get_close_matches(f"{name}", SUPPORTED, n=1)
        meant = f"Did you mean {near[0]!r}? " if near else ""
        raise invalid(
            f"There is no code here for the Keras backend {name!r}.",
            expected=f"one of {', '.join(SUPPORTED)}",
            received=f"{name!r} from {source}",
            remedy=f"{meant}Set the environment variable {_VARIABLE} before Python "
            "starts.",
        )
    if importlib.util.find_spec(name) is None:
        raise invalid(
            f"The Keras backend {name!r} is not installed.",
            expected=f"{name}, or another of {', '.join(SUPPORTED)}",
            received=f"{name!r} from {source}",
            remedy=f"Install {name}, or set the environment variable {_VARIABLE} "
            "before Python starts.",
        )
    return name


def ask_for_determinism():
    """Sets in the environment what makes XLA and NumPy repeat every bit.

    Before NumPy and the backend are imported; `backend.make_deterministic` does the
    rest.
    """
    flags = os.environ.get(_XLA, "").split()
    added = [flag for flag in _DETERMINISTIC if flag not in flags]
    os.environ[_XLA] = " ".join([*flags, *added])
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))


def is_deterministic():
    """Whether `ask_for_determinism` was called, here or for the process before it."""
    return set(_DETERMINISTIC) <= set(os.environ.get(_XLA, "").split())


def _chosen():
    """Name of the backend, and what says so."""
    if "keras" in sys.modules:
        return sys.modules["keras"].config.backend(), "Keras, which is imported already"
    if os.environ.get(_VARIABLE):  # Keras, too, takes an empty one for none
        return os.environ[_VARIABLE], f"the environment variable {_VARIABLE}"
    path = _keras_folder() / "keras.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))["backend"], f"{path}"
    except (OSError, ValueError, TypeError, KeyError):  # Keras takes its default
        return SUPPORTED[0], "Keras' default"


def _keras_folder():
    """Where Keras (3.15) looks for its settings."""
    if os.environ.get("KERAS_HOME"):
        return pathlib.Path(os.environ["KERAS_HOME"]).expanduser()
    home = pathlib.Path("~").expanduser()
    return (home if os.access(home, os.W_OK) else pathlib.Path("/tmp")) / ".keras"
