"""The diagnosis of a run: every probe in turn."""

import math
import pathlib
import time

import numpy as np
from keras import ops

from learned_update.diagnosis.findings import Findings, Gradients
from learned_update.diagnosis.probes.course import Courses, moved, repeated
from learned_update.diagnosis.probes.gradients import (
    UnrollGradients,
    cosine,
    noisy_estimate,
)
from learned_update.diagnosis.probes.shares import term_shares
from learned_update.diagnosis.probes.tasks import draw_probe_tasks, in_groups
from learned_update.diagnosis.probes.times import part_seconds
from learned_update.diagnosis.run_state import restored
from learned_update.diagnosis.settings import (
    Settings,
    check_settings,
    truncation_lengths,
)
from learned_update.evaluation.held_out.log import read_scores
from learned_update.meta.estimators.persistent_es import PersistentES
from learned_update.progress import Progress
from learned_update.randomness import generator
from learned_update.run_metrics import read_metrics
from learned_update.training import INITIAL_RULE_FILE
from learned_update.zoo import load_rule

UNBOUNDED = 1e30  # of a gradient that is not clipped
MOST_DATASETS = 32  # whose loss is taken
DIRECTIONS, NOISE = range(2)  # what a generator draws


def diagnose(run_dir, trainer, settings=None, progress=None):
    """Looks into a run: its metrics, and probes of theta at its newest checkpoint.

    Nothing in the folder is changed. The meta-loss of an unroll is its mean over the
    inner steps, and gradients are those of it, not clipped.

    Args:
        run_dir: folder of the run.
        trainer: `MetaTrainer` of its configuration, whose theta is set to that of the
            checkpoint.
        settings: `Settings`; the defaults if None.
        progress: whether to show a bar; None shows it on a terminal.

    Returns:
        `Findings`.

    Raises:
        ValueError: there is no run or no whole checkpoint of this configuration, or a
            setting makes no sense.
    """
    run_dir, settings = pathlib.Path(run_dir), settings or Settings()
    check_settings(settings, len(trainer.groups))
    state = restored(run_dir, trainer)
    return _Diagnosis(run_dir, trainer, state, settings, progress)()


class _Diagnosis:
    def __init__(self, run_dir, trainer, state, settings, progress):
        self.run_dir, self.trainer, self.state = run_dir, trainer, state
        self.settings, self.progress = settings, progress
        self.group = trainer.groups[settings.group]
        self.step = trainer.truncated_step(settings.group)
        self.theta = [
            ops.convert_to_tensor(v) for v in trainer.rule.trainable_variables
        ]
        self.courses = Courses(self.step)
        datasets = sum(weight > 0 for weight in self.group.tasks.weights)
        sets = -(-min(datasets, MOST_DATASETS) // settings.tasks)  # rounded up
        self.tasks = in_groups(
            draw_probe_tasks(
                self.group, sets * settings.tasks, settings.steps, settings.seed
            ),
            settings.tasks,
        )
        self.lengths = truncation_lengths(
            settings.steps, trainer.schedule.truncation_lengths
        )
        self.marks = tuple(sorted({0, settings.steps // 4, settings.steps - 1}))
        self.initial = self._initial_theta()
        self.forward_seconds = math.inf

    def __call__(self):
        settings = self.settings
        passes = (1 + len(self.tasks) * (1 if self.initial is None else 2)) * (
            settings.steps
        )
        total = passes + len(self.lengths) + settings.samples + 2
        with Progress(total, "probes", enabled=self.progress) as self.bar:
            seconds = part_seconds(self.trainer, self.state)
            self.bar.update()
            losses = self._losses(self.theta)
            initial = None if self.initial is None else self._losses(self.initial)
            course, phis, sensitivity = self._sensitivity()
            shares = term_shares(self.step, self.tasks[0], phis)
            self.bar.update()
            gradients, taken = self._gradients()
        return Findings(
            run=self.run_dir.resolve().name,
            outer_step=self.state.outer_step,
            metrics=read_metrics(self.run_dir),
            held_out=[score._asdict() for score in read_scores(self.run_dir)],
            settings=settings,
            units=self.group.base.units,
            datasets=tuple(name for part in self.tasks for name in part.datasets),
            losses=losses,
            initial_losses=initial,
            gradients=gradients,
            norms=course.norm[:, 0],
            changes=course.change[:, 0],
            sensitivity=sensitivity,
            marks=self.marks,
            shares=shares,
            seconds={
                "inner step, forwards": self.forward_seconds,
                "inner step, with gradient": taken,
                **seconds,
            },
        )

    def _initial_theta(self):
        path = self.run_dir / INITIAL_RULE_FILE
        if not path.is_file():
            return None
        return [ops.convert_to_tensor(x) for x in load_rule(path).get_weights()]

    def _losses(self, theta):
        """Meta-loss over the inner steps of all tasks, `(steps, tasks)`."""
        thetas, steps = [repeated(theta, self.settings.tasks)], self.settings.steps
        losses = []
        for tasks in self.tasks:
            begun = time.perf_counter()
            losses.append(self.courses(thetas, tasks, steps, self.bar)[0].loss[:, 0])
            taken = (time.perf_counter() - begun) / steps
            self.forward_seconds = min(self.forward_seconds, taken)  # not compiling
        return np.concatenate(losses, axis=-1)

    def _sensitivity(self):
        """`(Course, {mark: Phi}, sensitivity)` of the first tasks."""
        tasks, settings = self.tasks[0], self.settings
        rng = generator(settings.seed, DIRECTIONS)
        thetas = [repeated(self.theta, settings.tasks)]
        thetas += [
            moved(self.theta, settings.tasks, size, rng) for size in settings.sizes
        ]
        course, phis = self.courses(thetas, tasks, settings.steps, self.bar, self.marks)
        away = course.distance[:, 1:] / course.norm[:, :1]
        return course, phis, away / np.array(settings.sizes)[:, None]

    def _gradients(self):
        """`(Gradients, seconds)`, the latter of the gradient of an inner step."""
        tasks, settings = self.tasks[0], self.settings
        unrolls = UnrollGradients(self.step, settings.steps)
        by_length, taken = {}, {}
        for length in reversed(self.lengths):  # the first one compiles
            begun = time.perf_counter()
            by_length[length] = unrolls.by_backpropagation(self.theta, tasks, length)
            taken[length] = time.perf_counter() - begun
            self.bar.update()
        means = {length: found.mean(0) for length, found in by_length.items()}
        full = means[settings.steps]
        trained = self.trainer.schedule.truncation_lengths
        trained = min(sorted(trained)[len(trained) // 2], settings.steps)
        estimator, samples = PersistentES(UNBOUNDED, settings.sigma), []
        for sample in range(settings.samples):
            rng = generator(settings.seed, NOISE, sample)
            samples.append(
                unrolls.by_estimator(estimator, self.theta, tasks, trained, rng)
            )
            self.bar.update()
        return Gradients(
            lengths=tuple(self.lengths),
            norms=np.array(
                [np.linalg.norm(by_length[k], axis=1) for k in self.lengths]
            ),
            with_double=np.array(
                [
                    cosine(means[k], means[2 * k]) if 2 * k in means else np.nan
                    for k in self.lengths
                ]
            ),
            with_full=np.array([cosine(means[k], full) for k in self.lengths]),
            trained=trained,
            persistent=noisy_estimate(np.array(samples), full) if samples else None,
            samples=settings.samples,
        ), taken[trained if trained < settings.steps else 1] / settings.steps
