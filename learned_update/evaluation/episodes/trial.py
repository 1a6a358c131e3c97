"""One data set, one initialisation: all that is random before phi learns."""

import zlib
from typing import NamedTuple

import numpy as np

from learned_update.data import dataset as datasets
from learned_update.errors import InvalidInputError, invalid
from learned_update.evaluation.episodes.drawing import Episodes, draw_episodes
from learned_update.randomness import generator


class Trial(NamedTuple):
    """What all methods are given alike.

    Attributes:
        train: pixels without labels, `(examples, inputs)` float32 in [0, 1].
        test: pixels of other examples of the same classes.
        episodes: support in the train part, query in the test part.
        seed: of the initial phi and of everything else that a method draws.
    """

    train: np.ndarray
    test: np.ndarray
    episodes: Episodes
    seed: int


def draw_trial(dataset, protocol, initialisation):
    """Draws classes, split, episodes and seed, whatever else is evaluated.

    Args:
        dataset: `Dataset`.
        protocol: `Protocol`.
        initialisation: number of the initialisation of phi, from 0.

    Returns:
        `Trial`, a function of the data set, the protocol and the number.

    Raises:
        ValueError: if the data set has no labels, fewer classes than `protocol.ways`,
            or too few examples of one of them.
    """
    names = datasets.check_labelled(dataset).class_names
    if len(names) < protocol.ways:
        raise invalid(
            f"Data set {dataset.name!r} has too few classes.",
            expected=f"at least ways={protocol.ways}",
            received=f"{len(names)}",
            remedy="Lower `ways`, or leave the data set out.",
        )
    name_key = zlib.crc32(dataset.name.encode())
    rng = generator(protocol.seed, name_key, initialisation)
    classes = np.sort(rng.choice(len(names), protocol.ways, replace=False))
    split_seed, episode_seed, seed = (int(draw) for draw in rng.integers(2**31, size=3))
    train, test = datasets.split(
        datasets.subset(dataset, classes), protocol.train_fraction, split_seed
    )
    try:
        episodes = draw_episodes(
            train.labels,
            test.labels,
            protocol.ways,
            protocol.shots,
            protocol.queries,
            protocol.episodes,
            episode_seed,
        )
    except InvalidInputError as error:
        raise InvalidInputError(f"Data set {dataset.name!r}: {error}") from error
    return Trial(datasets.flatten(train), datasets.flatten(test), episodes, seed)


def check_names(datasets):
    """Returns the data sets if their names differ; else raises `ValueError`."""
    names = [dataset.name for dataset in datasets]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise invalid(
            f"Several data sets are called {twice[0]!r}.",
            expected="data sets of different names",
            received=", ".join(names),
            remedy="Leave out what is there twice, or rename one: "
            "`dataset._replace(name=..)`, or another file name.",
        )
    return datasets
