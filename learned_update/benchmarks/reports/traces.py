"""Reads a profile's trace: which operations took the device's time."""

import collections
import gzip
import json
import pathlib

from learned_update.errors import invalid

_PATTERN = "**/*.trace.json.gz"
_MICRO = 1e-6
_AROUND = ("while", "cond", "call")  # others, whose time theirs is


def dearest_operations(folder, count=10):
    """The operations of a trace with the most time in all.

    Args:
        folder: that `engines.trace` wrote to, on JAX.
        count: how many.

    Returns:
        A list of `(name, seconds, share)`, dearest first; `share` is of the time of
        all operations, which on a CPU run beside one another.

    Raises:
        ValueError: there is no trace.
    """
    paths = sorted(pathlib.Path(folder).glob(_PATTERN))
    if not paths:
        raise invalid(
            f"There is no trace in {folder}.",
            expected=f"a file {_PATTERN}",
            received="none",
            remedy="Measure with --backend jax --profile FOLDER.",
        )
    with gzip.open(paths[-1], "rt", encoding="utf-8") as file:
        events = json.load(file)["traceEvents"]
    seconds = collections.Counter()
    for event in events:
        name = event.get("args", {}).get("hlo_op", "")
        if event.get("ph") == "X" and name and not name.startswith(_AROUND):
            seconds[name] += event["dur"] * _MICRO
    total = sum(seconds.values())
    return [(name, taken, taken / total) for name, taken in seconds.most_common(count)]
