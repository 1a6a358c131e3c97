"""Metrics of an outer step, which are on the device until somebody reads them."""

import collections.abc
import functools
import resource

import numpy as np
from keras import ops

COUNTS = ("skipped", "exploded", "rolled_back")  # names of `TrainState.counts`
KIB_PER_GB = 1e9 / 1024  # of `ru_maxrss` on Linux


class StepMetrics(collections.abc.Mapping):
    """A mapping of names to numbers; the first look at it waits for the device.

    Args:
        outer_step: outer steps done.
        truncation_length: inner steps of this one.
        resets: slots that begin a new unroll after it.
        counts: `TrainState.counts` after it, on the device.
        figures: `GroupResult.figures` of the groups visited, on the device.
        clip_norm: bound of the norm of one task's gradient.
        families: that each task belongs to; the meta-loss of each is told, too.
    """

    def __init__(
        self,
        outer_step,
        truncation_length,
        resets,
        counts,
        figures,
        clip_norm,
        families=(),
    ):
        self.outer_step = outer_step
        self.truncation_length = truncation_length
        self.resets = resets
        self.counts = counts
        self.figures = figures
        self.clip_norm = clip_norm
        self.families = families

    @functools.cached_property
    def _numbers(self):
        figures = [ops.convert_to_numpy(part) for part in self.figures]
        losses, accuracies, norm, _ = np.concatenate(figures, axis=1)
        counts = ops.convert_to_numpy(self.counts)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return {
            "outer_step": self.outer_step,
            "meta_loss": float(losses.mean()),
            "query_accuracy": float(accuracies.mean()),
            "gradient_norm": float(np.median(norm)),
            "largest_gradient_norm": float(norm.max()),
            "clipped": float((norm > self.clip_norm).mean()),
            "truncation_length": self.truncation_length,
            "resets": self.resets,
            **dict(zip(COUNTS, map(int, counts), strict=True)),
            "peak_memory_gb": peak / KIB_PER_GB,
            **self._by_family(losses),
        }

    def _by_family(self, losses):
        """Mean loss of every family that has a task."""
        found = {}
        for family, loss in zip(self.families, losses, strict=False):
            found.setdefault(f"meta_loss/{family}", []).append(loss)
        return {name: float(np.mean(found[name])) for name in sorted(found)}

    def __getitem__(self, name):
        return self._numbers[name]

    def __iter__(self):
        return iter(self._numbers)

    def __len__(self):
        return len(self._numbers)
