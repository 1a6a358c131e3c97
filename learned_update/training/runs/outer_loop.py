"""The outer steps of a run, one after the other, with what is kept of them."""

import copy
from typing import Any, NamedTuple

from absl import logging

from learned_update.errors import Stopped
from learned_update.training.runs.ahead import DrawsAhead
from learned_update.training.runs.interruption import stopped
from learned_update.training.runs.late_metrics import LateMetrics
from learned_update.training.runs.return_to_good import returned
from learned_update.training.saving.checkpoint import checkpoint_arrays
from learned_update.training.saving.folder import CHECKPOINT_FOLDER, write_checkpoint
from learned_update.training.saving.writer import BackgroundWriter
from learned_update.types import ROLLED_BACK

RULE_FILE = "rule.keras"


class Keeping(NamedTuple):
    """Which checkpoints of a run are written and kept.

    Attributes:
        every: outer steps between two.
        last: how many of the newest are kept.
        forever: those at multiples of so many outer steps are kept, too; or None.
    """

    every: int
    last: int
    forever: int | None


class OuterLoop(NamedTuple):
    """Trains to the end of a run.

    Attributes:
        trainer: `MetaTrainer`.
        run_dir: folder of the run.
        outer_steps: of the whole run.
        keeping: `Keeping`.
        hosts: `Alone` or `Hosts`.
        log: `MetricsLog` or `Unlogged`.
        watch: what `Unmonitored` describes.
        bar: `Progress`.
        interrupted: `Interruption`.
        guard: `Guard`.
        until: outer step to stop at; None for the end of the run.
    """

    trainer: Any
    run_dir: Any
    outer_steps: int
    keeping: Keeping
    hosts: Any
    log: Any
    watch: Any
    bar: Any
    interrupted: Any
    guard: Any
    until: int | None = None

    def __call__(self, state):
        """All outer steps that are left.

        Args:
            state: `TrainState`, of which there is a checkpoint.

        Raises:
            ValueError: the gradient stays not finite.
            KeyboardInterrupt: `Stopped`: a signal has asked for it, or `until`; there
                is a checkpoint.
            OSError: something could not be written.
        """
        if self.watch.due(state.outer_step):
            self._evaluate(state)
        self._stop_if_asked(state, self._asked()[1:])
        rule = copy.deepcopy(
            self.trainer.rule_to_keep()
        )  # saved while the other one moves
        with BackgroundWriter() as writer:
            while state.outer_step < self.outer_steps:
                state = self._until_return(state, rule, writer)
        if self.guard.dead is not None:
            logging.warning("At the end: %s", self.guard.dead)

    def _until_return(self, state, rule, writer):
        """Outer steps to the end, or until the guard takes the run back."""
        late = LateMetrics(self._note, self.watch.observe, self.bar)
        with DrawsAhead(self.trainer, state, self.outer_steps) as ahead:
            while state.outer_step < self.outer_steps:
                state, metrics = self.trainer.step(state, ahead.take(state))
                late.add(metrics)
                writer.check()
                due, *asked = self._asked(self.watch.due(state.outer_step))
                pausing = self._pausing(state)
                last = state.outer_step == self.outer_steps
                saving = due or last or pausing or any(asked)
                saving = saving or self._at_interval(state)
                if saving:
                    late.read_all()
                if self.guard.due():
                    writer.wait()
                    return self._returned(state)
                if saving:
                    arrays = checkpoint_arrays(self.trainer, state)
                    if self.hosts.first:
                        best = self.watch.best_steps()
                        writer.submit(
                            lambda kept=arrays, best=best: self._write(kept, rule, best)
                        )
                    logging.info("outer step %d: %s", state.outer_step, dict(metrics))
                    if due or last or pausing or any(asked):
                        writer.wait()
                    if due and not any(asked):
                        self._evaluate(state)
                    self._stop_if_asked(state, self._asked()[1:])
                    late.restart_clock()
        return state

    def _note(self, metrics):
        self.guard.observe(metrics)
        self.log.write(metrics)

    def _returned(self, state):
        """The state of the last good checkpoint; what came after it is dropped."""
        self.guard.check_rollbacks(int(state.counts[ROLLED_BACK]), self.run_dir)
        state = returned(self.run_dir, self.trainer, self.hosts, self.guard.last_good())
        self.log.cut(state.outer_step)
        self.watch.go_back(state.outer_step)
        self.bar.set_back(state.outer_step)
        self.guard.forget(state.outer_step)
        return state

    def _at_interval(self, state):
        return state.outer_step % self.keeping.every == 0

    def _pausing(self, state):
        return self.until is not None and state.outer_step >= self.until

    def _asked(self, due=False):
        """Whether any host is due, was interrupted, was terminated."""
        interrupted = self.interrupted
        return self.hosts.any(due, interrupted.by_keyboard, interrupted.by_termination)

    def _write(self, arrays, rule, best):
        """Metrics first, so that none is missing before a checkpoint."""
        self.log.sync()
        folder = self.run_dir / CHECKPOINT_FOLDER
        write_checkpoint(folder, arrays, self.keeping.last, self.keeping.forever, best)
        means = sorted(name for name in arrays if name.startswith("average/"))
        theta = sorted(name for name in arrays if name.startswith("theta/"))
        theta = means[1:] or theta
        for variable, name in zip(rule.trainable_variables, theta, strict=True):
            variable.assign(arrays[name])
        rule.save(self.run_dir / RULE_FILE)

    def _evaluate(self, state):
        """Evaluates theta, or its mean, as it is now; TensorBoard shows it too."""
        self.trainer.rule_to_keep()
        scores = self.watch.evaluate(state.outer_step)
        scalars = {f"held_out_accuracy/{x.domain}": x.accuracy for x in scores}
        self.log.write_events(state.outer_step, scalars)

    def _stop_if_asked(self, state, asked):
        message = (
            f"Stopped after outer step {state.outer_step} of {self.outer_steps}; "
            f"everything so far is in {self.run_dir}. The same command goes on."
        )
        interrupted, terminated = asked
        if interrupted or terminated:
            raise stopped(message, terminated)
        if self._pausing(state) and state.outer_step < self.outer_steps:
            raise Stopped(message.replace("The same", "Without --until the same"), None)
