"""Few-shot accuracy of a rule on base models of any shape, before and after."""

import numpy as np
import threadpoolctl

from learned_update.evaluation import Protocol, few_shot
from learned_update.evaluation.episodes.trial import draw_trial
from learned_update.meta import BaseTrainer

RANDOM = few_shot.RANDOM_INITIALISATION
QUICK = {"initialisations": 2, "episodes": 20}


def settled(quick, steps, protocol, **defaults):
    """Inner steps and `Protocol`, less of both in the quick form.

    Args:
        quick: whether the smaller form will do.
        steps: inner steps of the full form.
        protocol: fields of `Protocol` that were asked for.
        **defaults: fields that differ from the protocol's own defaults.

    Returns:
        `(steps, Protocol)`.
    """
    if quick:
        steps, protocol = max(1, steps // 10), {**protocol, **QUICK}
    return steps, Protocol(**{**defaults, **protocol})


def trials(dataset, protocol):
    """One `Trial` per initialisation."""
    return [draw_trial(dataset, protocol, i) for i in range(protocol.initialisations)]


def before_and_after(trainer, members, steps, protocol, bar=None):
    """Accuracies of the random initialisation and after some inner steps.

    Args:
        trainer: `BaseTrainer`.
        members: `Trial`s.
        steps: inner steps.
        protocol: `Protocol`.
        bar: `Progress` to count inner steps on, if any.

    Returns:
        Two arrays `(initialisations, episodes)`.
    """
    with threadpoolctl.threadpool_limits(1):
        course = few_shot.training_course(trainer, members, (steps,), protocol, bar)
        ((_, phis),) = course
        after = [
            few_shot.phi_accuracy(trainer.base, phi, trial)
            for phi, trial in zip(phis, members, strict=True)
        ]
        before = [
            few_shot.phi_accuracy(
                trainer.base,
                trainer.base.init_phi(trial.train.shape[1], trial.seed),
                trial,
            )
            for trial in members
        ]
    return np.stack(before), np.stack(after)


def trainer_of(rule, protocol, activation=None):
    """A `BaseTrainer` of a rule with the protocol's base model."""
    base = rule.base_mlp(protocol.units, activation)
    return BaseTrainer(rule, base, protocol.average)
