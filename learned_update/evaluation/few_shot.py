"""Few-shot accuracy of update rules and of what they are compared with."""

import math
import os
from concurrent import futures

import gin
import numpy as np

from learned_update.baselines import (
    KMeansFeatures,
    Pca,
    RandomInitialisation,
    RawPixels,
)
from learned_update.evaluation.column import Column
from learned_update.evaluation.protocol import Protocol
from learned_update.evaluation.readout import fit_readout, predict
from learned_update.evaluation.table import tabulate
from learned_update.evaluation.trial import draw_trial
from learned_update.meta import BaseTrainer
from learned_update.progress import Progress

RANDOM_INITIALISATION = "random initialisation"


@gin.configurable
def evaluate(rule, datasets, steps=200, progress=None, **protocol):
    """Few-shot accuracy of a rule after its inner steps, beside the baselines.

    Args:
        rule: an `UpdateRule`, or a mapping from names to such; the differences in
            the table are against the first.
        datasets: `Dataset`s of different names. Those whose names begin alike up to
            a `/` also give a row of their mean.
        steps: inner steps.
        progress: whether to show a bar; None shows it on a terminal.
        **protocol: fields of `Protocol`, such as `units`, `shots`, `episodes` and
            `initialisations`.

    Returns:
        A list of `Row`s.
    """
    protocol = Protocol(**protocol)
    rules = rule if isinstance(rule, dict) else {"update rule": rule}
    marks = dict.fromkeys(rules, {steps: protocol.initialisations})
    scores = score(base_trainers(rules, protocol), marks, datasets, protocol, progress)
    return tabulate(scores, reference=Column(next(iter(rules)), steps))


def base_trainers(rules, protocol):
    """A `BaseTrainer` for every rule, with the protocol's base model."""
    return {
        name: BaseTrainer(rule, rule.base_mlp(protocol.units))
        for name, rule in rules.items()
    }


def score(trainers, marks, datasets, protocol, progress=None):
    """Scores rules and baselines on the same trials, as many at once as there are cores.

    Args:
        trainers: `{method: BaseTrainer}`.
        marks: `{method: {inner steps: initialisations}}`: after how many steps, at
            least 1, to score on how many (the first) of the initialisations. What the
            rules are after 0 steps is the baseline of random initialisation.
        datasets: `Dataset`s of different names.
        protocol: `Protocol`.
        progress: whether to show a bar; None shows it on a terminal.

    Returns:
        `{data set name: {Column: accuracies (initialisations, episodes)}}`.
    """
    counts = range(protocol.initialisations)
    trials = {
        dataset.name: [draw_trial(dataset, protocol, count) for count in counts]
        for dataset in datasets
    }
    total = len(trials) * sum(
        max(_due(marks[method], count), default=0)
        for method in trainers
        for count in counts
    )
    with (
        Progress(total, "evaluate", enabled=progress) as bar,
        futures.ThreadPoolExecutor(os.cpu_count()) as pool,
    ):
        jobs = {
            name: [
                pool.submit(score_trial, trainers, marks, trial, count, protocol, bar)
                for count, trial in enumerate(members)
            ]
            for name, members in trials.items()
        }
        try:
            return {
                name: _stack([job.result() for job in js]) for name, js in jobs.items()
            }
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def score_trial(trainers, marks, trial, count, protocol, bar=None):
    """Scores all methods on one trial, which is initialisation number `count`.

    Returns:
        Accuracies in every episode, `{Column: (episodes,)}`.
    """
    scores = {}
    for method, trainer in trainers.items():
        base = trainer.base
        steps = _due(marks[method], count)
        for step, phi in training_course(trainer, trial, steps, protocol, bar):
            statistics = base.statistics(phi, trial.train)
            scores[Column(method, step)] = accuracy(
                np.asarray(base.embed(phi, trial.train, statistics)),
                np.asarray(base.embed(phi, trial.test, statistics)),
                trial.episodes,
            )
    for method, baseline in baselines(base, trial).items():
        baseline.fit(trial.train)
        scores[Column(method)] = accuracy(
            baseline.embed(trial.train), baseline.embed(trial.test), trial.episodes
        )
    return scores


def training_course(trainer, trial, steps, protocol, bar=None):
    """Trains phi on a trial's unlabelled train part and keeps it after some steps.

    Args:
        trainer: `BaseTrainer` of a rule and its base model.
        trial: `Trial`.
        steps: numbers of inner steps; may be empty.
        protocol: `Protocol`.
        bar: a `Progress` to count inner steps on, if any.

    Returns:
        `[(inner steps done, phi)]`.
    """
    course = []
    if not steps:
        return course
    interval = math.gcd(*steps)

    def keep(step, phi):
        if step in steps:
            course.append((step, phi))
        if bar is not None:
            bar.update(interval)

    trainer(
        trainer.base.init_phi(trial.train.shape[1], trial.seed),
        trial.train,
        steps=max(steps),
        batch_size=min(protocol.batch_size, len(trial.train)),
        seed=trial.seed,
        callback=keep,
        callback_every=interval,
        progress=False,
    )
    return course


def baselines(base, trial):
    """What a rule is compared with on a trial, `{name: baseline}`.

    PCA and k-means give as many features as the base model, or as many as the train
    part can give.
    """
    features = min(base.units[-1], *trial.train.shape)
    return {
        RANDOM_INITIALISATION: RandomInitialisation(base, trial.seed),
        "raw pixels": RawPixels(),
        f"PCA, {features} features": Pca(features),
        f"k-means, {features} features": KMeansFeatures(features, trial.seed),
    }


def accuracy(train_features, test_features, episodes):
    """Share of the queries of each episode that the read-out gets right.

    Args:
        train_features: `(examples, features)` of the train part.
        test_features: `(examples, features)` of the test part.
        episodes: `Episodes`.

    Returns:
        `(episodes,)`.
    """
    targets = np.eye(episodes.ways)[episodes.support_labels]
    readout = fit_readout(train_features[episodes.support], targets)
    predicted = np.argmax(predict(readout, test_features[episodes.query]), axis=-1)
    return np.mean(predicted == episodes.query_labels, axis=-1)


def _due(marks, count):
    """Inner steps after which initialisation number `count` is scored."""
    return sorted(steps for steps, counts in marks.items() if count < counts)


def _stack(trials):
    """The columns of a data set's trials, those of the first trials first."""
    return {
        column: np.stack([trial[column] for trial in trials if column in trial])
        for column in trials[0]
    }
