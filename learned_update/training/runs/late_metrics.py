"""Reads metrics one outer step late, so that the device never waits for the host."""

import time

from learned_update.training.outer_steps.step_metrics import COUNTS


class LateMetrics:
    """Writes the metrics of an outer step when the next one has been handed out.

    `seconds` is added to them, the time since the metrics before were read, and
    `cpu_seconds`, that of all threads of the process meanwhile.

    Args:
        write: function of a dict of metrics, for the log.
        observe: function of the same, for the monitor.
        bar: `Progress`.
    """

    def __init__(self, write, observe, bar):
        self._write = write
        self._observe = observe
        self._bar = bar
        self._waiting = None
        self.restart_clock()

    def restart_clock(self):
        """Leaves out what was done since metrics were read the last time."""
        self._since = time.perf_counter(), time.process_time()

    def add(self, metrics):
        """Takes metrics that may still be on the device, and reads those before."""
        self.read_all()
        self._waiting = metrics

    def read_all(self):
        """Reads what waits, which waits for the device."""
        if self._waiting is None:
            return
        metrics, self._waiting = dict(self._waiting), None
        before, self._since = self._since, (time.perf_counter(), time.process_time())
        metrics["seconds"], metrics["cpu_seconds"] = (
            now - then for now, then in zip(self._since, before, strict=True)
        )
        self._write(metrics)
        self._observe(metrics)
        self._bar.update(
            loss=metrics["meta_loss"],
            accuracy=metrics["query_accuracy"],
            **{name: metrics[name] for name in COUNTS if metrics[name]},
            **({"dead": 1} if metrics.get("dead_rule") else {}),
        )
