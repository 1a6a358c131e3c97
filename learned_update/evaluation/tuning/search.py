"""Tuning of a rule and all baselines with one budget, without any test example."""

import dataclasses
import hashlib
import time
from typing import Any, NamedTuple

import gin
import numpy as np

from learned_update.data import load_all
from learned_update.errors import InvalidInputError, invalid
from learned_update.evaluation.episodes.files import read_episodes, shipped_episodes
from learned_update.evaluation.episodes.fixed_sets import draw_episode_set, labels_of
from learned_update.evaluation.episodes.split_pair import load_train, validation_pair
from learned_update.evaluation.methods.by_name import (
    PROTOTYPICAL_MAPS,
    UNTUNED,
    Method,
    rule_method,
    untuned_prototypical_methods,
    with_settings,
)
from learned_update.evaluation.test_sets.protocol import ComparisonProtocol
from learned_update.evaluation.test_sets.scores import (
    INDUCTIVE,
    OWN_READOUT,
    compare,
)
from learned_update.evaluation.tuning.grids import GRIDS, UPDATE_RULE
from learned_update.evaluation.tuning.log import Attempt, append_attempt, read_attempts
from learned_update.meta import BaseTrainer
from learned_update.progress import Progress

READOUT = "ridge"
# One initialisation, of another seed than those of the table; 5 episodes.
VALIDATION = {"initialisations": 1, "episodes": 5, "queries": 100, "seed": 1000}
_OF_RULE = ("steps", "batch_size")  # fields of the protocol that are tuned


class Tuning(NamedTuple):
    """What a search found.

    Attributes:
        attempts: `Attempt`s, method by method in the order of `GRIDS`.
        best: `{method: settings}` with the largest mean accuracy over the data sets.
        settings: what was searched with, in words.
    """

    attempts: list[Attempt]
    best: dict[str, dict[str, Any]]
    settings: str


@gin.configurable(module="learned_update")
def tune(
    rule,
    name,
    path=None,
    datasets=("mnist", "fashion_mnist"),
    size=14,
    methods=None,
    prototypical_on=("glyphs/meta_train",),
    progress=None,
    **protocol,
):
    """Tries every setting of `GRIDS` on validation episodes.

    Support, queries and unlabelled rows are of the train split, support and queries of
    different parts; the test split is not loaded, and labelled examples of the test
    episodes that the package ships are in neither part. Scored are inductive features
    with the ridge read-out, or a method's own.

    Args:
        rule: `UpdateRule`.
        name: of the rule.
        path: of a file of `Attempt`s; those that it has are not tried again. None
            keeps none.
        datasets: names of data sets of images.
        size: height and width, in pixels.
        methods: names in `GRIDS`; None takes all.
        prototypical_on: names of labelled data sets that prototypical networks are
            meta-trained on.
        progress: whether to show a bar; None shows it on a terminal.
        **protocol: fields of `ComparisonProtocol`, by default those of `VALIDATION`.

    Returns:
        `Tuning`.

    Raises:
        ValueError: if there is no such method or data set, the file is no log of a
            search, or no setting of a method can be used.
    """
    protocol = ComparisonProtocol(**{**VALIDATION, **protocol})
    methods = check_tunable(GRIDS if methods is None else methods)
    base = rule.base_mlp(protocol.units)
    trainer = BaseTrainer(rule, base, protocol.average)
    made = _methods(methods, trainer, prototypical_on, size)
    conditions = {
        method: _conditions(method, protocol, rule, name, prototypical_on)
        for method in methods
    }
    done = {attempt.key: attempt for attempt in read_attempts(path)} if path else {}
    attempts, total = [], sum(len(GRIDS[method]) for method in methods)
    with Progress(len(datasets) * total, "settings", enabled=progress) as bar:
        for dataset in datasets:
            pair, episodes = validation(dataset, load_train(dataset, size), protocol)
            for method in methods:
                for settings in GRIDS[method]:
                    attempt = Attempt(
                        method, settings, pair.title, conditions[method], None, 0.0
                    )
                    if attempt.key not in done:
                        found = _tried(
                            with_settings(made[method], settings),
                            (pair, episodes, base, protocol),
                        )
                        attempt = attempt._replace(**found)
                        done[attempt.key] = attempt
                        if path is not None:
                            append_attempt(path, attempt)
                    attempts.append(done[attempt.key])
                    bar.update()
    attempts.sort(key=lambda attempt: methods.index(attempt.method))
    words = (
        f"{protocol.episodes} validation episodes of the train split, "
        f"{protocol.ways}-way, {protocol.shots} labels and {protocol.queries} queries "
        f"per class, read-out {READOUT} or a method's own; {protocol}"
    )
    return Tuning(attempts, best_settings(attempts), words)


def check_tunable(names):
    """The names as a list if all are in `GRIDS`; else raises `ValueError`."""
    for name in names:
        if name not in GRIDS:
            raise invalid(
                f"There is nothing to tune of a method {name!r}.",
                expected=f"some of {', '.join(GRIDS)}",
                received=repr(name),
                remedy="Name some of these.",
            )
    return list(names)


def validation(dataset, train, protocol):
    """`SplitPair` and `EpisodeSet` of a train split alone.

    Args:
        dataset: name of the data set.
        train: `Dataset`, its train split.
        protocol: `ComparisonProtocol`.

    Returns:
        Two parts of the split without the support of shipped test episodes, and
        episodes of these parts.
    """
    pair = validation_pair(train, _shipped_support(dataset, train))
    episodes = draw_episode_set(
        dataset,
        pair.train.labels,
        pair.test.labels,
        protocol.ways,
        protocol.shots,
        protocol.queries,
        protocol.episodes,
        protocol.seed,
    )
    return pair, episodes


def mean_accuracies(attempts):
    """Mean over the data sets of every setting of one method.

    Args:
        attempts: `Attempt`s of one method.

    Returns:
        `[(settings, mean)]` in their order; NaN for a setting that cannot be used on
        one of the data sets.
    """
    scores = {}
    for attempt in attempts:
        settings = tuple(attempt.settings.items())
        missing = attempt.accuracy is None
        scores.setdefault(settings, []).append(np.nan if missing else attempt.accuracy)
    return [(dict(each), float(np.mean(found))) for each, found in scores.items()]


def best_settings(attempts):
    """`{method: settings}`: those of the largest mean, the first of equals.

    Args:
        attempts: `Attempt`s of all data sets.

    Raises:
        ValueError: if no setting of a method can be used.
    """
    best = {}
    for method in dict.fromkeys(attempt.method for attempt in attempts):
        of_method = [attempt for attempt in attempts if attempt.method == method]
        means = mean_accuracies(of_method)
        if np.all(np.isnan([mean for _, mean in means])):
            raise invalid(
                f"No setting of {method!r} can be used.",
                expected="an accuracy on every data set",
                received=next(each.problem for each in of_method if each.problem),
                remedy="Change its grid, or leave the method out.",
            )
        best[method] = means[int(np.nanargmax([mean for _, mean in means]))][0]
    return best


def _methods(names, trainer, prototypical_on, size):
    """`{name: Method}` that is made with the keyword arguments of its grid."""

    def of_rule(setting, steps, batch_size):
        return rule_method(trainer, steps, batch_size).make(setting)

    methods = {UPDATE_RULE: Method(of_rule), **UNTUNED}
    if set(names) & set(PROTOTYPICAL_MAPS):
        methods |= untuned_prototypical_methods(load_all(prototypical_on, size=size))
    return methods


def _tried(method, arguments):
    """Accuracy, seconds and problem of a method; arguments as of `compare`."""
    begun = time.perf_counter()
    try:
        result = compare({"": method}, *arguments, (READOUT,), progress=False)
    except InvalidInputError as error:  # it diverged, or does not suit the data
        accuracy, problem = None, str(error)
    else:
        readout = OWN_READOUT if method.labelled else READOUT
        accuracy = float(np.mean(result.accuracies["", readout, INDUCTIVE]))
        problem = ""
    seconds = time.perf_counter() - begun
    return {"accuracy": accuracy, "seconds": seconds, "problem": problem}


def _conditions(method, protocol, rule, name, prototypical_on):
    """What an accuracy depends on beside settings and data set, for JSON."""
    fields = dataclasses.asdict(protocol) | {"units": list(protocol.units)}
    conditions = {key: fields[key] for key in fields if key not in _OF_RULE}
    if method == UPDATE_RULE:
        conditions |= {"rule": name, "theta": _digest(rule)}
    if method in PROTOTYPICAL_MAPS:
        conditions["meta-trained on"] = list(prototypical_on)
    return conditions


def _digest(rule):
    theta = [np.asarray(variable) for variable in rule.trainable_variables]
    return hashlib.sha256(b"".join(part.tobytes() for part in theta)).hexdigest()


def _shipped_support(dataset, train):
    """Rows of the train split that are labelled in shipped test episodes."""
    path = shipped_episodes(dataset)
    episodes = None if path is None else read_episodes(path)
    if episodes is None or episodes.train != labels_of(train.labels):
        return ()
    return np.unique(episodes.support)
