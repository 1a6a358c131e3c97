"""Few labels on full test splits: a rule and all baselines in one table."""

import math
import pathlib
from typing import Any, NamedTuple

import gin

from learned_update.data import load_all
from learned_update.evaluation.episodes.files import read_episodes, shipped_episodes
from learned_update.evaluation.episodes.fixed_sets import draw_episode_set
from learned_update.evaluation.episodes.split_pair import load_pair
from learned_update.evaluation.methods.by_name import (
    METHODS,
    named_methods,
    prototypical_methods,
    rule_method,
)
from learned_update.evaluation.methods.widths import check_features, methods_of_width
from learned_update.evaluation.readouts.by_name import READOUTS, check_readouts
from learned_update.evaluation.results.column import Column
from learned_update.evaluation.results.digests import theta_digest
from learned_update.evaluation.test_sets.kept import kept_under
from learned_update.evaluation.test_sets.protocol import ComparisonProtocol
from learned_update.evaluation.test_sets.scores import compare
from learned_update.meta import BaseTrainer

PAPER_SIZES = (14, 28)  # pixels, figure 4


class Compared(NamedTuple):
    """What was measured on several data sets.

    Attributes:
        results: `{data set and size: Result}`.
        reference: name of the method that differences are to.
        episodes: `{data set: EpisodeSet}`.
        settings: the protocol in words.
    """

    results: dict[str, Any]
    reference: str
    episodes: dict[str, Any]
    settings: str


@gin.configurable(module="learned_update")
def full_test_sets(
    rule,
    name,
    quick=False,
    datasets=("mnist", "fashion_mnist"),
    sizes=PAPER_SIZES,
    baselines=None,
    prototypical_on=("glyphs/meta_train",),
    readouts=None,
    episode_files=None,
    features=None,
    folder=None,
    progress=None,
    **protocol,
):
    """10 labels per class, all test examples asked for (paper, figure 4 left).

    Args:
        rule: `UpdateRule`, or a mapping from names to such; differences are to the
            first.
        name: of the rule, where one is given.
        quick: the first size, two initialisations, three episodes, a tenth of all
            steps and of the unlabelled rows.
        datasets: names of data sets of images.
        sizes: heights and widths, in pixels.
        baselines: names in `METHODS`; None takes all.
        prototypical_on: names of labelled data sets that prototypical networks are
            meta-trained on; none for no such networks.
        readouts: names in `READOUTS`; None takes all.
        episode_files: `{data set: path of an episode file}`; data sets that it lacks
            have the episodes that the package ships, or such as are drawn.
        features: numbers of features that all methods are scored with, each of them:
            the width of the base model's last layer, of a code, of components and
            centres; of rules also all layers side by side, and the last layer beside
            the inputs. None takes the last of `units`.
        folder: where scores are kept as they are found, so that the same call goes on
            where it was stopped; None keeps none.
        progress: whether to show a bar per data set; None shows it on a terminal.
        **protocol: fields of `ComparisonProtocol`.

    Returns:
        `Compared`.

    Raises:
        ValueError: if there is no such baseline, read-out or data set, or a file does
            not fit its data set.
    """
    protocol = ComparisonProtocol(**protocol)
    if quick:
        protocol, sizes = protocol.quick(), sizes[:1]
    check_readouts(readouts or READOUTS)
    of_baselines = named_methods(METHODS if baselines is None else baselines)
    counts = (None,) if features is None else check_features(features)
    rules = rule if isinstance(rule, dict) else {name: rule}
    rules = {str(Column(of, protocol.steps)): each for of, each in rules.items()}
    results, sets = {}, {}
    for size in sizes:
        baselines = of_baselines | networks_for(size, prototypical_on)
        for dataset in datasets:
            pair = load_pair(dataset, size)
            path = (episode_files or {}).get(dataset)
            sets[dataset] = episodes_for(dataset, pair, protocol, path)
            for count in counts:
                methods, base = _methods(count, rules, protocol, baselines, pair.train)
                title = f"{pair.title}, {count} features" if count else pair.title
                kept = kept_under(
                    pathlib.Path(folder, str(count or "")) if folder else None,
                    protocol,
                    sets[dataset],
                    f"{count}; {readouts}; networks of {prototypical_on}",
                    digests_of(methods, rules),
                )
                results[title] = compare(
                    methods,
                    pair,
                    sets[dataset],
                    base,
                    protocol,
                    readouts,
                    progress,
                    kept,
                )
    settings = f"{next(iter(sets.values()))}; {protocol}"
    if features is not None:
        settings = f"{settings}; features of all methods: {', '.join(map(str, counts))}"
    return Compared(results, next(iter(rules)), sets, settings)


def digests_of(methods, rules):
    """`{method: digest of theta}` of methods that are one of the rules in some way."""
    return {
        method: theta_digest(rule)
        for name, rule in rules.items()
        for method in methods
        if method.startswith(name)
    }


def _methods(features, rules, protocol, baselines, train):
    """`{name: Method}` of a number of features, or of the protocol's units if None.

    Returns:
        The methods, and the first rule's `BaseMLP` that they are made with.
    """
    if features is not None:
        size = size_of(train, protocol)
        return methods_of_width(features, rules, protocol, baselines, *size)
    bases = {name: rule.base_mlp(protocol.units) for name, rule in rules.items()}
    of_rules = {
        name: rule_method(
            BaseTrainer(rule, bases[name], protocol.average),
            protocol.steps,
            protocol.batch_size,
        )
        for name, rule in rules.items()
    }
    return of_rules | baselines, next(iter(bases.values()))


def size_of(train, protocol):
    """Width of the rows of a train split, and how many are learned from."""
    rows, *shape = train.images.shape
    return math.prod(shape), min(rows, protocol.unlabelled or rows)


def networks_for(size, names):
    """`prototypical_methods` on data sets by name, at a size; empty without names."""
    return prototypical_methods(load_all(names, size=size)) if names else {}


def episodes_for(dataset, pair, protocol, path=None):
    """The episodes of a data set.

    Args:
        dataset: name of the data set.
        pair: its `SplitPair`.
        protocol: `ComparisonProtocol`.
        path: of an episode file; None takes the one that the package ships if it has
            as many ways, shots, queries and episodes and the seed that are asked for,
            and draws them otherwise.

    Returns:
        `EpisodeSet`.
    """
    if path is not None:
        return read_episodes(path).first(protocol.episodes)
    path = shipped_episodes(dataset)
    if path is not None:
        shipped = read_episodes(path)
        if _is_asked_for(shipped, protocol):
            return shipped.first(protocol.episodes)
    return draw_episode_set(
        dataset,
        pair.train.labels,
        pair.test.labels,
        protocol.ways,
        protocol.shots,
        protocol.queries,
        protocol.episodes,
        protocol.seed,
    )


def _is_asked_for(episodes, protocol):
    queries = None if episodes.query is None else episodes.query.shape[-1]
    return (
        episodes.support.shape[1:] == (protocol.ways, protocol.shots)
        and queries == protocol.queries
        and episodes.seed == protocol.seed
        and len(episodes.support) >= protocol.episodes
    )
