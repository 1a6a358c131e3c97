"""Measurements in processes of their own, so that nothing of one is in another."""

import json
import os
import subprocess
import sys

from learned_update.errors import InvalidInputError


def ask(what, backend=None, environment=(), **request):
    """Has something measured.

    Args:
        what: a key of `requests.REQUESTS`.
        backend: of Keras; that of the environment if None.
        environment: further variables of the process, a mapping.
        request: arguments of what is measured, as JSON has them.

    Returns:
        A dict.

    Raises:
        ValueError: what was asked for makes no sense.
        OSError: the process ended early; what it said is on standard error.
    """
    chosen = {} if backend is None else {"KERAS_BACKEND": backend}
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "learned_update.benchmarks",
            json.dumps({"what": what, **request}),
        ],
        env={**os.environ, **chosen, **dict(environment)},
        capture_output=True,  # libraries say much while they are loaded
        text=True,
    )
    if done.returncode:
        sys.stderr.write(done.stderr)
        raise OSError(
            f"The process that measured {what!r} ended with status {done.returncode}."
        )
    result = json.loads(done.stdout.splitlines()[-1])
    if "error" in result:
        raise InvalidInputError(result["error"])
    return result
