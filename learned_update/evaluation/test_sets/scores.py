"""Few-shot accuracy on full test splits, with fixed episodes, of all methods alike."""

import time
from typing import NamedTuple

import numpy as np
import threadpoolctl

from learned_update.evaluation.episodes.fixed_sets import check_episodes, query_rows
from learned_update.evaluation.episodes.split_pair import (
    check_pair,
    pixels_of,
    unlabelled_rows,
)
from learned_update.evaluation.methods.by_name import Setting
from learned_update.evaluation.methods.embedding import (
    embed_rows,
    embed_together,
    is_transductive,
)
from learned_update.evaluation.readouts.by_name import READOUTS, check_readouts
from learned_update.evaluation.test_sets.cost import Cost
from learned_update.evaluation.test_sets.kept import KeptScores
from learned_update.progress import Progress

INDUCTIVE, TRANSDUCTIVE = "inductive", "transductive"
OWN_READOUT = "its own"  # of methods that are fitted to labels


class Entry(NamedTuple):
    """What has an accuracy.

    Attributes:
        method: its name.
        readout: a name in `READOUTS`, or `OWN_READOUT`.
        statistics: `INDUCTIVE`, those of unlabelled training data, or `TRANSDUCTIVE`,
            those of an episode's support and query in one batch.
    """

    method: str
    readout: str
    statistics: str


class Result(NamedTuple):
    """What is measured on one data set.

    Attributes:
        accuracies: `{Entry: (initialisations, episodes)}`; all initialisations are
            alike for a method without a seed.
        costs: `{method: Cost}`.
    """

    accuracies: dict[Entry, np.ndarray]
    costs: dict[str, Cost]


class EpisodePixels(NamedTuple):
    """What methods see of one data set, and what they are asked.

    Attributes:
        unlabelled: pixels to learn from, `(examples, inputs)`.
        support: pixels of every episode's labelled examples, `(episodes, support,
            inputs)`.
        labels: their classes, `(episodes, support)`.
        test: pixels of the test split, `(examples, inputs)`.
        queries: rows of the test split, `[(queries,)]` per episode.
    """

    unlabelled: np.ndarray
    support: np.ndarray
    labels: np.ndarray
    test: np.ndarray
    queries: list[np.ndarray]


def compare(
    methods,
    pair,
    episodes,
    base,
    protocol,
    readouts=None,
    progress=None,
    kept=None,
):
    """Scores methods on the episodes of one data set.

    Every method learns from the same unlabelled rows of the train split; its features
    of the support and of the test split are computed once, and all episodes are
    scored on them. Labels of queries are looked at to count what is right, for nothing
    else.

    Args:
        methods: `{name: Method}`.
        pair: `SplitPair`.
        episodes: `EpisodeSet` of this data set.
        base: `BaseMLP` that the methods are made for.
        protocol: `ComparisonProtocol`, of which `initialisations`, `unlabelled`,
            `baseline_share` and `seed` count; the rest is in the other arguments.
        readouts: names in `READOUTS`; None takes all.
        progress: whether to show a bar; None shows it on a terminal.
        kept: `KeptScores`; None keeps none.

    Returns:
        `Result`.

    Raises:
        ValueError: if the splits do not belong together, or the episodes were drawn
            from other labels.
    """
    check_pair(pair)
    check_episodes(episodes, pair.train.labels, pair.test.labels)
    readouts = check_readouts(READOUTS if readouts is None else readouts)
    shots = shots_of(pair, episodes, protocol.unlabelled)
    setting = Setting(
        base=base,
        seed=protocol.seed,
        image_shape=pair.train.images.shape[1:],
        features=min(base.units[-1], len(shots.unlabelled)),
        share=protocol.baseline_share,
        inputs=shots.unlabelled.shape[1],
    )
    seeds = {
        name: range(protocol.initialisations if method.seeded else 1)
        for name, method in methods.items()
    }
    kept = kept or KeptScores()
    accuracies, costs = {}, {}
    fits = sum(map(len, seeds.values()))
    with Progress(fits, pair.title, enabled=progress) as bar:
        for name, method in methods.items():
            scores, taken = [], []
            for number in seeds[name]:
                seeded = setting._replace(seed=protocol.seed + number)

                def measure(method=method, seeded=seeded):
                    predicted, cost = predictions(method, seeded, shots, readouts)
                    return _scored(predicted, pair.test.labels, shots.queries), cost

                scored, cost = kept.get(pair.title, name, seeded.seed, measure)
                scores.append(scored)
                taken.append(cost)
                bar.update()
            shape = (protocol.initialisations, len(shots.support))
            accuracies |= {
                Entry(name, *kind): np.broadcast_to([s[kind] for s in scores], shape)
                for kind in scores[0]
            }
            costs[name] = Cost(
                seconds=float(np.mean([cost.seconds for cost in taken])),
                parameters=taken[0].parameters,
                features=taken[0].features,
            )
    return Result(accuracies, costs)


def shots_of(pair, episodes, unlabelled=None):
    """`EpisodePixels` of a `SplitPair` and an `EpisodeSet`; see `compare`."""
    support = episodes.support.reshape(len(episodes.support), -1)  # (episodes, support)
    used, places = np.unique(support, return_inverse=True)
    pixels = pixels_of(pair.train, used)[places.reshape(support.shape)]
    rows = unlabelled_rows(len(pair.train.labels), unlabelled)
    return EpisodePixels(
        unlabelled=pixels_of(pair.train, rows),
        support=pixels,
        labels=np.repeat(episodes.classes, episodes.support.shape[-1], axis=1),
        test=pixels_of(pair.test, slice(None)),
        queries=query_rows(episodes, pair.test.labels),
    )


def predictions(method, setting, shots, readouts):
    """Classes that a method finds for the queries; no query's label is known here.

    Args:
        method: `Method`.
        setting: `Setting`.
        shots: `EpisodePixels`.
        readouts: names in `READOUTS`.

    Returns:
        `{(read-out, statistics): [(queries,) per episode]}` and `Cost`.
    """
    if method.labelled:
        return _own_predictions(method, setting, shots)
    fitted = method.make(setting)
    begun = time.perf_counter()
    fitted.fit(shots.unlabelled)
    episodes, examples, inputs = shots.support.shape
    support = embed_rows(fitted, shots.support.reshape(-1, inputs))
    support = support.reshape(episodes, examples, -1)
    test = embed_rows(fitted, shots.test)
    seconds = time.perf_counter() - begun + getattr(fitted, "earlier_seconds", 0.0)
    cost = Cost(seconds, int(fitted.parameters), test.shape[-1])
    pairs = ((s, test[rows]) for s, rows in zip(support, shots.queries, strict=True))
    predicted = _read(pairs, shots.labels, INDUCTIVE, readouts)
    if is_transductive(fitted):
        pairs = (
            embed_together(fitted, pixels, shots.test[rows])
            for pixels, rows in zip(shots.support, shots.queries, strict=True)
        )
        predicted |= _read(pairs, shots.labels, TRANSDUCTIVE, readouts)
    return predicted, cost


def _own_predictions(method, setting, shots):
    begun = time.perf_counter()
    predicted, fitted = [], method.make(setting)
    episodes = zip(shots.support, shots.labels, shots.queries, strict=True)
    for support, labels, rows in episodes:
        fitted.fit(support, labels)
        predicted.append(np.asarray(fitted.predict(shots.test[rows])))
    seconds = (time.perf_counter() - begun) / len(shots.support)
    return {(OWN_READOUT, INDUCTIVE): predicted}, Cost(seconds, int(fitted.parameters))


def _read(pairs, labels, statistics, readouts):
    """Predictions of the read-outs from pairs of support and query features."""
    predicted = {(name, statistics): [] for name in readouts}
    # Many small decompositions: threads of BLAS would only wait for each other.
    with threadpoolctl.threadpool_limits(1):
        for (support, query), of_support in zip(pairs, labels, strict=True):
            for name in readouts:
                found = READOUTS[name](support, of_support, query)
                predicted[name, statistics].append(found)
    return predicted


def _scored(predicted, labels, queries):
    """Accuracies `(episodes,)` of what was predicted, by read-out and statistics."""
    return {
        kind: np.array(
            [
                np.mean(found == labels[rows])
                for found, rows in zip(episodes, queries, strict=True)
            ]
        )
        for kind, episodes in predicted.items()
    }
