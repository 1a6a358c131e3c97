"""One cell of the width and depth grid, in a process of its own.

usage: python -m learned_update.reproductions.grid_cell RULE.keras SETTINGS

SETTINGS is JSON, as is the line that is printed.
"""

import json
import resource
import sys
import time

import numpy as np

from learned_update.evaluation import Protocol
from learned_update.evaluation.results.intervals import interval
from learned_update.reproductions.shared.loading import sized
from learned_update.reproductions.shared.scoring import (
    before_and_after,
    trainer_of,
    trials,
)
from learned_update.zoo import load_rule

BYTES_PER_KIB = 1024  # `ru_maxrss` on Linux


def measure(rule, settings):
    """Accuracy before and after, seconds and peak memory of one shape.

    Args:
        rule: `UpdateRule`.
        settings: `dataset`, `size`, `examples_per_class`, `steps`, `units` and the
            fields of `Protocol` under `protocol`.

    Returns:
        A dict of numbers.
    """
    protocol = Protocol(units=tuple(settings["units"]), **settings["protocol"])
    loaded = sized(
        settings["dataset"], settings["size"], settings["examples_per_class"]
    )
    begun = time.perf_counter()
    before, after = before_and_after(
        trainer_of(rule, protocol),
        trials(loaded, protocol),
        settings["steps"],
        protocol,
    )
    seconds = time.perf_counter() - begun
    (start, start_half), (end, end_half) = map(interval, (before, after))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * BYTES_PER_KIB
    return {
        "random": float(start),
        "random_half_width": _known(start_half),
        "accuracy": float(end),
        "half_width": _known(end_half),
        "seconds": seconds,
        "peak_memory_gb": peak / 1e9,
    }


def limit_memory(bytes_at_most):
    """Makes this process fail instead of taking more memory."""
    resource.setrlimit(resource.RLIMIT_AS, (bytes_at_most, bytes_at_most))


def _known(number):
    return None if np.isnan(number) else float(number)


def main(rule, settings):
    """Measures the cell and prints it."""
    settings = json.loads(settings)
    if settings["bytes_at_most"] is not None:
        limit_memory(settings["bytes_at_most"])
    print(json.dumps(measure(load_rule(rule), settings)))


if __name__ == "__main__":
    main(*sys.argv[1:])
