"""Accuracies of a method on a data set, and the seconds of an inner step."""

import math
import time

import numpy as np
import threadpoolctl

from learned_update.baselines import Pca, RandomInitialisation, RawPixels
from learned_update.evaluation import few_shot
from learned_update.layers import BaseMLP
from learned_update.meta import BaseTrainer
from learned_update.reproductions.shared.scoring import RANDOM

TIMED_STEPS = 50  # of an unroll that is compiled as one call
TIMED_ROWS, TIMED_INPUTS = 1024, 196
REPEATS = 5


def rule_accuracies(rule, units, trials, steps, protocol):
    """Few-shot accuracies after inner steps, `(initialisations, episodes)`.

    Those of an initialisation whose features have diverged are NaN.
    """
    trainer = BaseTrainer(rule, rule.base_mlp(units), protocol.average)
    with threadpoolctl.threadpool_limits(1):
        course = few_shot.training_course(trainer, trials, (steps,), protocol)
        ((_, phis),) = course
        return [
            _accuracy(trainer.base, phi, trial)
            for phi, trial in zip(phis, trials, strict=True)
        ]


def _accuracy(base, phi, trial):
    statistics = base.statistics(phi, trial.train)
    train, test = (
        np.asarray(base.embed(phi, rows, statistics))
        for rows in (trial.train, trial.test)
    )
    if np.isfinite(train).all() and np.isfinite(test).all():
        return few_shot.accuracy(train, test, trial.episodes).tolist()
    return [math.nan] * len(trial.episodes.support)


def baseline_accuracies(name, features, trials):
    """The same of a baseline: random initialisation in one layer, inputs, or PCA."""
    with threadpoolctl.threadpool_limits(1):
        return [
            _baseline_accuracy(_made(name, features, trial), trial) for trial in trials
        ]


def _made(name, features, trial):
    if name == RANDOM:
        options = {"epsilon": 1e-4, "fan_in_scaling": True, "kernel_stddev": 1.0}
        return RandomInitialisation(BaseMLP((features,), **options), trial.seed)
    if name == "PCA":
        return Pca(min(features, *trial.train.shape))
    return RawPixels()


def _baseline_accuracy(baseline, trial):
    baseline.fit(trial.train)
    train, test = baseline.embed(trial.train), baseline.embed(trial.test)
    return few_shot.accuracy(train, test, trial.episodes).tolist()


def step_seconds(rule, units, batch_size):
    """Wall time of an inner step on 196 inputs, the fastest of five calls of 50."""
    rows = np.random.default_rng(0).uniform(size=(TIMED_ROWS, TIMED_INPUTS))
    trainer = BaseTrainer(rule, rule.base_mlp(units))
    phi = trainer.base.init_phi(TIMED_INPUTS, 0)
    seconds = []
    for _ in range(REPEATS + 1):  # the first compiles
        begun = time.perf_counter()
        trainer([phi], [rows], TIMED_STEPS, batch_size, progress=False)
        seconds.append((time.perf_counter() - begun) / TIMED_STEPS)
    return min(seconds[1:])
