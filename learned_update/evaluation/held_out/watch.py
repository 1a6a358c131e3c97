"""Evaluations of one run on held-out domains, within a share of its time."""

import pathlib
import time

import threadpoolctl
from absl import logging

from learned_update.evaluation.held_out.figure import held_out_figure
from learned_update.evaluation.held_out.log import (
    HeldOutScore,
    append_scores,
    best_path,
    best_score,
    resume_scores,
)
from learned_update.evaluation.held_out.trials import (
    digest,
    domain_scores,
    draw_domains,
)
from learned_update.evaluation.held_out.worsening import announced, worsened
from learned_update.evaluation.results import figures
from learned_update.evaluation.results.intervals import interval
from learned_update.meta import BaseTrainer
from learned_update.run_metrics import read_metrics

FIGURE = "plots/held_out.png"
LOSS_WINDOW = 0.5  # of the interval, so that no two evaluations share a meta-loss


class HeldOutWatch:
    """Watches one run, or goes on with what its folder holds.

    Args:
        monitor: `HeldOutMonitor` with the settings.
        run_dir: folder of the run.
        rule: the `UpdateRule` in training; only read.
        outer_step: outer steps done.
        outer_steps: of the whole run.

    Raises:
        ValueError: a data set has too few examples, or the folder holds accuracies on
            other trials.
    """

    def __init__(self, monitor, run_dir, rule, outer_step, outer_steps):
        begun = time.perf_counter()
        self.monitor = monitor
        self.run_dir = pathlib.Path(run_dir)
        self.rule = rule
        self.first_step, self.outer_steps = outer_step, outer_steps
        protocol = monitor.protocol
        self.domains = draw_domains(
            monitor.datasets, protocol, monitor.examples_per_class
        )
        self.trials = digest(
            self.domains, protocol.units, protocol.batch_size, monitor.steps
        )
        self.trainer = BaseTrainer(rule, rule.base_mlp(protocol.units))
        self.history = resume_scores(
            self.run_dir, outer_step, self.domains, self.trials
        )
        self.losses, self.training_seconds = {}, 0.0
        for metrics in read_metrics(self.run_dir):
            if metrics["outer_step"] <= outer_step:
                self.observe(metrics)
        self.own_seconds = sum(score.seconds for score in self.history)
        self.own_seconds += time.perf_counter() - begun

    def observe(self, metrics):
        """Takes note of the metrics of an outer step."""
        self.losses[metrics["outer_step"]] = metrics["meta_loss"]
        self.training_seconds += metrics.get("seconds", 0.0)

    def best_steps(self):
        """Outer steps of the evaluations whose rules are kept as the best."""
        best = (
            best_score([score for score in self.history if score.domain == domain])
            for domain in self.domains
        )
        return {score.outer_step for score in best if score is not None}

    def go_back(self, outer_step):
        """Forgets what came after an outer step, as the run has gone back to it."""
        self.history = resume_scores(
            self.run_dir, outer_step, self.domains, self.trials
        )
        self.losses = {x: y for x, y in self.losses.items() if x <= outer_step}
        self.first_step = outer_step

    def due(self, outer_step):
        """Whether to evaluate after an outer step.

        At the first occasion and after the last step in any case; in between at
        intervals, within the share of the time. What a run was stopped in the middle
        of is made up for when it goes on.
        """
        done = self.history[-1].outer_step if self.history else None
        if done == outer_step:
            return False
        if done is None or outer_step == self.outer_steps:
            return True
        return outer_step % self.monitor.every == 0 and (
            outer_step == self.first_step
            or affordable(
                self.own_seconds + expected_seconds(self.history),
                self.training_seconds,
                self.monitor.largest_share,
            )
        )

    def evaluate(self, outer_step):
        """Scores the rule on every domain and writes down what comes of it.

        First the best rules, then the lines, then the figure: what is interrupted is
        done again, from the checkpoint of this outer step.

        Args:
            outer_step: outer steps done.

        Returns:
            The `HeldOutScore`s, one per domain.
        """
        begun = time.perf_counter()
        # Many small decompositions: threads of BLAS would only wait for each other.
        with threadpoolctl.threadpool_limits(1):
            judged = [self._judged(outer_step, domain) for domain in self.domains]
        scores = [score for score, _ in judged]
        for score in scores:
            if score.best:
                self.rule.save(best_path(self.run_dir, score.domain))
        append_scores(self.run_dir, scores)
        self.history += scores
        for score, worsening in judged:
            if worsening is not None:
                path = best_path(self.run_dir, score.domain)
                logging.warning("%s The best rule so far is %s.", worsening, path)
        figures.save(held_out_figure(self.history, self.losses), self.run_dir / FIGURE)
        self.own_seconds += time.perf_counter() - begun
        return scores

    def _judged(self, outer_step, domain):
        """`HeldOutScore` of a domain, and a `Worsening` that has yet to be told."""
        begun = time.perf_counter()
        monitor = self.monitor
        scores = domain_scores(
            self.trainer, self.domains[domain], monitor.steps, monitor.protocol
        )
        accuracy, half_width = interval(scores[..., None])
        past = [score for score in self.history if score.domain == domain]
        best = best_score(past)
        score = HeldOutScore(
            outer_step=outer_step,
            domain=domain,
            accuracy=accuracy,
            half_width=half_width,
            seconds=time.perf_counter() - begun,
            best=best is None or accuracy > best.accuracy,
            worse=False,
            scores=scores.tolist(),
            trials=self.trials,
        )
        window = max(1, round(LOSS_WINDOW * monitor.every))
        worsening = worsened([*past, score], self.losses, window)
        score = score._replace(worse=worsening is not None)
        return score, None if announced(past) else worsening


def affordable(own_seconds, training_seconds, largest_share):
    """Whether evaluations take at most a share of the time of evaluations and training.

    Args:
        own_seconds: of all evaluations, the next one among them.
        training_seconds: of all outer steps.
        largest_share: of the sum of both.
    """
    return own_seconds <= largest_share * (own_seconds + training_seconds)


def expected_seconds(history):
    """What the next evaluation will take: as much as the quickest so far.

    The first one compiled, so if there is no other, its quickest domain gives the
    time per trial.

    Args:
        history: `HeldOutScore`s of at least one evaluation.
    """
    seconds, trials, rates = {}, {}, []
    for score in history:
        step, count = score.outer_step, sum(map(len, score.scores))
        seconds[step] = seconds.get(step, 0.0) + score.seconds
        trials[step] = trials.get(step, 0) + count
        rates.append(score.seconds / count)
    if len(seconds) > 1:
        return min(seconds.values())
    return min(rates) * sum(trials.values())
