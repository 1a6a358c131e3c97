"""Approaches to meta-learning: how each learns a new task, and what binds it."""

import functools
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from learned_update.baselines import (
    LearnedOptimizer,
    RandomInitialisation,
    Supervised,
)
from learned_update.evaluation import few_shot
from learned_update.evaluation.methods.rule_features import RuleFeatures
from learned_update.few_shot import EpisodeDistribution, few_shot_learner
from learned_update.layers import BaseMLP
from learned_update.meta import BaseTrainer
from learned_update.reproductions.paper.permuted_pixels import PROTOTYPICAL
from learned_update.reproductions.shared.scoring import RANDOM

MAML = "MAML"
LEARNED_OPTIMIZER = "learned optimizer"
SUPERVISED = "supervised, from scratch"
# Settings that `glyphs/meta_train`, 14x14, 10 ways, 10 shots, was tuned to.
PROTOTYPICAL_RATE = 3e-3
MAML_SETTINGS = {"inner_steps": 5, "inner_rate": 0.4}
MAML_FIT = {"learning_rate": 1e-2, "tasks_per_step": 4}
GIVEN = "given"  # seconds of a meta-training that was not done here
# What meta-parameters may be bound to.
INPUTS = "the width of the inputs"
BASE = "the shape of the base model"
CLASSES = "the number of classes"


class Approach(NamedTuple):
    """A row of the table.

    Attributes:
        score: `(trial, number of its initialisation, units) -> (accuracies of the
            episodes, seconds a new task took)`.
        labels: whether the inner loop needs labels.
        parameters: number of meta-parameters.
        seconds: of meta-training; None if there is none, `GIVEN` if it was not here.
        bound_to: what has to be as in meta-training.
    """

    score: Callable[..., Any]
    labels: bool
    parameters: int = 0
    seconds: Any = None
    bound_to: tuple[str, ...] = ()


def rule_approach(rule, steps, protocol):
    """The rule's `Approach`, as it was given."""

    @functools.cache
    def trainer(units):
        return BaseTrainer(rule, rule.base_mlp(units), protocol.average)

    def score(trial, _, units):
        features = RuleFeatures(trainer(units), steps, protocol.batch_size, trial.seed)
        return _read_out(features, trial)

    parameters = sum(int(np.prod(v.shape)) for v in rule.trainable_variables)
    return Approach(score, labels=False, parameters=parameters, seconds=GIVEN)


def meta_trained(tasks, known, outer_steps, protocol, progress):
    """What is meta-trained with labelled tasks here, `{name: Approach}`.

    Args:
        tasks: `TaskDistribution` of the data sets.
        known: these data sets.
        outer_steps: of the prototypical network, MAML and the learned optimizer.
        protocol: `Protocol`.
        progress: whether to show bars.
    """
    episodes = EpisodeDistribution(
        known, protocol.ways, protocol.shots, protocol.queries
    )
    base = {"embedding": "mlp", "widths": protocol.units, "seed": protocol.seed}
    network = few_shot_learner("prototypical", **base).fit(
        episodes, outer_steps[0], PROTOTYPICAL_RATE, progress=progress
    )
    maml = few_shot_learner("maml", **base, **MAML_SETTINGS).fit(
        episodes, outer_steps[1], progress=progress, **MAML_FIT
    )
    optimizer = LearnedOptimizer(
        BaseMLP(protocol.units), protocol.seed, steps=outer_steps[2]
    ).fit(tasks, progress=progress)

    def optimized(trial, _, units):
        def predict(support, labels, query):
            adapted = optimizer.adapt(BaseMLP(units), support, labels, trial.seed)
            return adapted.predict(query)

        return _each_episode(predict, trial)

    return {
        PROTOTYPICAL: _approach(_of_learner(network), network, (INPUTS, BASE)),
        MAML: _approach(_of_learner(maml), maml, (INPUTS, BASE, CLASSES)),
        LEARNED_OPTIMIZER: _approach(optimized, optimizer, ()),
    }


def _of_learner(learner):
    """The scores of a few-shot learner, which sees an episode's support alone."""
    shape = (-1, *learner.form["image_shape"])

    def predict(support, labels, query):
        found = learner.predict(support.reshape(shape), labels, query.reshape(shape))
        return np.unique(labels)[np.argmax(found, axis=1)]

    return lambda trial, *_: _each_episode(predict, trial)


def references(rule, protocol):
    """What was not meta-trained, `{name: Approach}`."""

    @functools.cache  # it compiles once for all trials of one shape
    def network(number, units):
        return Supervised(BaseMLP(units), protocol.seed + number)

    def supervised(trial, number, units):
        return _each_episode(
            lambda support, labels, query: (
                network(number, units).fit(support, labels).predict(query)
            ),
            trial,
        )

    def initial(trial, _, units):
        return _read_out(RandomInitialisation(rule.base_mlp(units), trial.seed), trial)

    return {
        SUPERVISED: Approach(supervised, labels=True),
        RANDOM: Approach(initial, labels=False),
    }


def _approach(score, fitted, bound_to):
    return Approach(score, True, fitted.parameters, fitted.seconds, bound_to)


def _read_out(features, trial):
    """Ridge read-outs of features that are learned without labels."""
    begun = time.perf_counter()
    features.fit(trial.train)
    embedded = features.embed(trial.train), features.embed(trial.test)
    learned = time.perf_counter()
    accuracies = few_shot.accuracy(*embedded, trial.episodes)
    read = time.perf_counter()
    return accuracies, learned - begun + (read - learned) / len(accuracies)


def _each_episode(predict, trial):
    """What learns from the labelled support of an episode and nothing else."""
    episodes, accuracies, seconds = trial.episodes, [], []
    for support, query in zip(episodes.support, episodes.query, strict=True):
        begun = time.perf_counter()
        found = predict(
            trial.train[support], episodes.support_labels, trial.test[query]
        )
        seconds.append(time.perf_counter() - begun)
        accuracies.append(np.mean(found == episodes.query_labels))
    return np.array(accuracies), float(np.median(seconds))
