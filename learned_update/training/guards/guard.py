"""The guard of one run, which reads its metrics."""

from absl import logging

from learned_update.errors import invalid
from learned_update.training.guards.signs import (
    skipped_in_a_row,
    vanished_gradient,
    vanished_spread,
)

LONGEST = 1000  # outer steps that are looked back at


class Guard:
    """Looks at the metrics of every outer step.

    Args:
        guards: `Guards`.
        clip_norm: bound of the norm of one task's gradient.
        rows: metrics of the outer steps done, dicts, ascending.

    Attributes:
        dead: why the rule is taken to be dead; None if it is not.
        skipped: how many of the last outer steps were skipped in a row.
    """

    def __init__(self, guards, clip_norm, rows=()):
        self.guards = guards
        self.clip_norm = clip_norm
        self.dead = None
        self._rows = list(rows)[-LONGEST:]
        self.skipped = self._skipped()

    def forget(self, outer_step):
        """Forgets the metrics of later outer steps, as the run has gone back."""
        self._rows = [row for row in self._rows if row["outer_step"] <= outer_step]
        self.skipped = self._skipped()

    def observe(self, metrics):
        """Judges the run after an outer step; `dead_rule` is added to its metrics."""
        self._rows = [*self._rows[1 - LONGEST :], metrics]
        self.skipped = self._skipped()
        dead = self._dead()
        if dead and not self.dead:
            logging.warning("Outer step %d: %s", metrics["outer_step"], dead)
        self.dead = dead
        metrics["dead_rule"] = int(dead is not None)

    def due(self):
        """Whether the run is to go back to the last good checkpoint."""
        return self.skipped >= self.guards.skipped_in_a_row

    def last_good(self):
        """The last outer step that was not skipped; at least 0."""
        return self._rows[-1]["outer_step"] - self.skipped if self._rows else 0

    def check_rollbacks(self, rollbacks, run_dir):
        """Raises `ValueError` if going back has not helped as often as it may."""
        if rollbacks < self.guards.rollbacks:
            return
        raise invalid(
            "The gradient stays not finite.",
            expected="a finite meta-gradient in most outer steps",
            received=f"{self.skipped} outer steps skipped in a row, with steps of "
            f"theta {self.guards.smaller_rate**rollbacks:g} times as large, after "
            f"{rollbacks} returns to an earlier checkpoint",
            remedy=f"Look at gradient_norm and meta_loss in {run_dir}/metrics.jsonl "
            "before that: if they grow, take a smaller adam.learning_rate or "
            "meta_train.clip_norm, or shorter Schedule.truncation_lengths; if not, "
            "look at the scale of the data. Guards.rollbacks allows more.",
        )

    def _column(self, name):
        return [row[name] for row in self._rows if name in row]

    def _skipped(self):
        column = self._column("skipped")
        base = column[0] if len(column) == LONGEST else 0
        return int(skipped_in_a_row([value - base for value in column]))

    def _dead(self):
        """Why the rule is taken to be dead, or None."""
        share, steps = self.guards.dead_share, self.guards.dead_steps
        norms, losses = self._column("gradient_norm"), self._column("meta_loss")
        if vanished_gradient(norms, self.clip_norm, share, steps):
            sign = f"the gradient's norm was at most {max(norms[-steps:]):.2g}"
        elif vanished_spread(losses, share, steps):
            sign = f"the meta-loss stayed at {losses[-1]:.4g}"
        else:
            return None
        return (
            f"The rule looks dead: in the last {steps} outer steps {sign}, below "
            f"{share:g} of what it was. What theta learned before is in the "
            "checkpoints; begin again with a smaller adam.learning_rate."
        )
