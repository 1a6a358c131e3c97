"""Few-shot accuracy of update rules and of what they are compared with."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any

import gin
import numpy as np
import threadpoolctl

from learned_update.data import several
from learned_update.data.dataset import Dataset
from learned_update.evaluation.episodes.trial import check_names, draw_trial
from learned_update.evaluation.few_shot.protocol import Protocol, check_at_least
from learned_update.evaluation.methods.by_name import (
    METHODS,
    RANDOM_INITIALISATION,
    Setting,
)
from learned_update.evaluation.methods.widths import check_features
from learned_update.evaluation.readouts.ridge import fit_readout, predict
from learned_update.evaluation.results.column import Column
from learned_update.evaluation.results.table import Row, tabulate
from learned_update.layers.bases.kinds import MLP_FORM, BaseForm
from learned_update.layers.rule import Rule
from learned_update.meta import BaseTrainer
from learned_update.progress import Progress


@gin.configurable
def evaluate(
    rule: Rule | Mapping[str, Rule],
    datasets: Dataset | Sequence[Dataset],
    steps: int = 200,
    progress: bool | None = None,
    base: BaseForm = MLP_FORM,
    features: Sequence[int] | None = None,
    **protocol: Any,
) -> list[Row]:
    """Few-shot accuracy of a rule after its inner steps, beside the baselines.

    Args:
        rule: an `UpdateRule`, or a mapping from names to such; the differences in
            the table are against the first.
        datasets: `Dataset`s of different names, or a single one. Those whose names
            begin alike up to a `/` also give a row of their mean.
        steps: inner steps, at least 1.
        progress: whether to show a bar; None shows it on a terminal.
        base: what the base models are: `@mlp_base()`, `@conv_base()` or
            `@attention_base()`.
        features: numbers of features that all methods are scored with, each of them,
            in place of the last of `units`; data sets then bear the number in their
            names. None takes `units` as they are.
        **protocol: fields of `Protocol`, such as `units`, `shots`, `episodes` and
            `initialisations`.

    Returns:
        A list of `Row`s.

    Raises:
        ValueError: a data set has no labels, or too few classes or examples; two have
            one name; a number is too small.
    """
    check_at_least(1, steps=steps)
    fields = Protocol(**protocol)
    if features is None:
        return _evaluated(rule, datasets, steps, progress, base, fields)
    rows = []
    for count in check_features(features):
        units = (*fields.units[:-1], count)
        wide = dataclasses.replace(fields, units=units)
        rows += [
            row._replace(dataset=f"{row.dataset}, {count} features")
            for row in _evaluated(rule, datasets, steps, progress, base, wide)
        ]
    return rows


def _evaluated(rule, datasets, steps, progress, base, fields):
    """The `Row`s of rules on base models of the units of a `Protocol`."""
    rules = rule if isinstance(rule, Mapping) else {"update rule": rule}
    marks = {name: {steps: fields.initialisations} for name in rules}
    scores: dict[str, Any] = {}
    for dataset in check_names(several(datasets)):
        trainers = base_trainers(rules, fields, base, dataset.images.shape[1:])
        scores |= score(trainers, marks, dataset, fields, progress)
    return tabulate(scores, reference=Column(next(iter(rules)), steps))


def base_trainers(rules, protocol, base=MLP_FORM, image_shape=None):
    """A `BaseTrainer` for every rule, with the protocol's units.

    Args:
        rules: `{method: UpdateRule}`.
        protocol: `Protocol`.
        base: `BaseForm`.
        image_shape: `(height, width, channels)` of the data, if they are images.

    Returns:
        `{method: BaseTrainer}`.
    """
    return {
        name: BaseTrainer(
            rule,
            rule.base_of_form(base, protocol.units, image_shape=image_shape),
            protocol.average,
        )
        for name, rule in rules.items()
    }


def score(trainers, marks, datasets, protocol, progress=None):
    """Scores rules and baselines on the same trials.

    Args:
        trainers: `{method: BaseTrainer}`.
        marks: `{method: {inner steps: initialisations}}`: after how many steps, at
            least 1, to score on how many (the first) of the initialisations. What the
            rules are after 0 steps is the baseline of random initialisation.
        datasets: `Dataset`s of different names, or a single one.
        protocol: `Protocol`.
        progress: whether to show a bar; None shows it on a terminal.

    Returns:
        `{data set name: {Column: accuracies (initialisations, episodes)}}`.
    """
    datasets = check_names(several(datasets))
    counts = range(protocol.initialisations)
    trials = {
        dataset.name: [draw_trial(dataset, protocol, count) for count in counts]
        for dataset in datasets
    }
    total = len(trials) * sum(
        len(members) * max(steps)
        for method in trainers
        for steps, members in _groups(marks[method], len(counts)).items()
    )
    # Many small decompositions: threads of BLAS would only wait for each other.
    with (
        threadpoolctl.threadpool_limits(1),
        Progress(total, "evaluate", enabled=progress) as bar,
    ):
        return {
            name: score_trials(trainers, marks, members, protocol, bar)
            for name, members in trials.items()
        }


def score_trials(trainers, marks, trials, protocol, bar=None):
    """Scores all methods on the trials of a data set; arguments as for `score`.

    Returns:
        `{Column: accuracies (initialisations, episodes)}`; where a column has fewer
        initialisations, it has the first of them.
    """
    scores = [{} for _ in trials]
    for method, trainer in trainers.items():
        for steps, members in _groups(marks[method], len(trials)).items():
            group = [trials[member] for member in members]
            course = training_course(trainer, group, steps, protocol, bar)
            for step, phis in course:
                for member, phi in zip(members, phis, strict=True):
                    scores[member][Column(method, step)] = phi_accuracy(
                        trainer.base, phi, trials[member]
                    )
    for member, trial in enumerate(trials):
        scores[member] |= baseline_scores(trainer.base, trial)
    return {
        column: np.stack([each[column] for each in scores if column in each])
        for column in scores[0]
    }


def training_course(trainer, trials, steps, protocol, bar=None):
    """Trains a phi per trial on its unlabelled train part, all side by side.

    Args:
        trainer: `BaseTrainer` of a rule and its base model.
        trials: `Trial`s of one input width.
        steps: numbers of inner steps, at least one.
        protocol: `Protocol`.
        bar: a `Progress` to count inner steps on, if any.

    Returns:
        `[(inner steps done, [phi per trial])]`.
    """
    course = []
    interval = math.gcd(*steps)

    def keep(step, phis):
        if step in steps:
            course.append((step, phis))
        if bar is not None:
            bar.update(interval * len(trials))

    trainer(
        [trainer.base.init_phi(trial.train.shape[1], trial.seed) for trial in trials],
        [trial.train for trial in trials],
        steps=max(steps),
        batch_size=min(protocol.batch_size, *(len(trial.train) for trial in trials)),
        seeds=[trial.seed for trial in trials],
        callback=keep,
        callback_every=interval,
        progress=False,
    )
    return course


def phi_accuracy(base, phi, trial):
    """`accuracy` of the embedding with the statistics of the train part."""
    statistics = base.statistics(phi, trial.train)
    return accuracy(
        np.asarray(base.embed(phi, trial.train, statistics)),
        np.asarray(base.embed(phi, trial.test, statistics)),
        trial.episodes,
    )


def baselines(base, trial):
    """What a rule is compared with on a trial, `{name: baseline}`.

    PCA and k-means give as many features as the base model, or as many as the train
    part can give.
    """
    rows, inputs = trial.train.shape
    features = min(base.embedding_units, rows)
    setting = Setting(base, trial.seed, (), features, inputs=inputs)
    titles = {
        RANDOM_INITIALISATION: RANDOM_INITIALISATION,
        "raw pixels": "raw pixels",
        "PCA": f"PCA, {setting.components} features",
        "k-means": f"k-means, {features} features",
    }
    return {title: METHODS[name].make(setting) for name, title in titles.items()}


def baseline_scores(base, trial):
    """Accuracies of the `baselines` on a trial, `{Column: (episodes,)}`."""
    scores = {}
    for method, baseline in baselines(base, trial).items():
        baseline.fit(trial.train)
        scores[Column(method)] = accuracy(
            baseline.embed(trial.train), baseline.embed(trial.test), trial.episodes
        )
    return scores


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


def _groups(marks, initialisations):
    """Initialisations that are scored after the same steps, `{steps: [numbers]}`."""
    groups = {}
    for number in range(initialisations):
        steps = tuple(sorted(step for step, count in marks.items() if number < count))
        if steps:
            groups.setdefault(steps, []).append(number)
    return groups
