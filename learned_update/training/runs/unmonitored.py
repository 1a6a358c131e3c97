"""No monitor of a run; and what one has to offer."""


class Unmonitored:
    """Evaluates nothing; a monitor has the same attribute and methods.

    `start(run_dir, rule, outer_step, outer_steps)` returns what watches one run, and
    that is told `observe(metrics)` after every outer step, is asked `due(outer_step)`
    and, if so, told to `evaluate(outer_step)`, when there is a checkpoint of that step.
    Checkpoints of its `best_steps()` are kept; `go_back(outer_step)` says that the run
    has gone back. It reads theta and changes nothing.
    """

    datasets = ()  # held out: no class of theirs may occur in the tasks

    def start(self, *_):
        """Itself."""
        return self

    def observe(self, metrics):
        """Nothing."""

    def best_steps(self):
        """None."""
        return set()

    def go_back(self, outer_step):
        """Nothing."""

    def due(self, *_):
        """Never."""
        return False

    def evaluate(self, outer_step):
        """No scores; of a monitor, a list with `domain` and `accuracy`."""
        del outer_step
        return []
