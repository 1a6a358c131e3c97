"""Methods compared on the digits, against scikit-learn and by hand."""

import dataclasses

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.linear_model import RidgeCV

import learned_update as lu
from learned_update.baselines import RawPixels
from learned_update.data import flatten
from learned_update.evaluation.episodes.files import read_episodes, write_episodes
from learned_update.evaluation.episodes.fixed_sets import draw_episode_set
from learned_update.evaluation.episodes.split_pair import load_pair, unlabelled_rows
from learned_update.evaluation.methods.by_name import (
    METHODS,
    Method,
    Setting,
    named_methods,
)
from learned_update.evaluation.readouts.ridge import STRENGTHS
from learned_update.evaluation.test_sets import scores as of_scores
from learned_update.evaluation.test_sets.protocol import ComparisonProtocol
from learned_update.evaluation.test_sets.scores import (
    Cost,
    Entry,
    compare,
    predictions,
    shots_of,
)

UNLABELLED = 400
NAMES = ("random initialisation", "raw pixels", "PCA")
READOUTS = ("ridge", "nearest centroid")
BASE = lu.BaseMLP((16, 8))
PROTOCOL = ComparisonProtocol(initialisations=2, unlabelled=UNLABELLED)
ONCE = dataclasses.replace(PROTOCOL, initialisations=1)


@pytest.fixture(scope="module")
def pair():
    return load_pair("digits")


@pytest.fixture(scope="module")
def path(pair, tmp_path_factory):
    path = tmp_path_factory.mktemp("episodes") / "digits.json"
    labels = [part.labels for part in pair]
    write_episodes(draw_episode_set("digits", *labels, shots=6, episodes=4), path)
    return path


@pytest.fixture(scope="module")
def result(pair, path):
    methods, episodes = named_methods(NAMES), read_episodes(path)
    return compare(methods, pair, episodes, BASE, PROTOCOL, READOUTS)


def scikit_learn_accuracies(train, test, pair, path):
    """Ridge regression by leave-one-out on every episode, with scikit-learn alone."""
    accuracies = []
    for indices in read_episodes(path).support:
        x, labels = train[indices.ravel()], pair.train.labels[indices.ravel()]
        scale = np.mean(np.square(x - x.mean(axis=0)))
        penalties = np.array(STRENGTHS) * len(x) * scale
        model = RidgeCV(penalties).fit(x, np.eye(10)[labels])
        found = np.argmax(model.predict(test), axis=1)
        accuracies.append(np.mean(found == pair.test.labels))
    return accuracies


def test_raw_pixels_agree_with_scikit_learn(result, pair, path):
    train, test = (flatten(part).astype(np.float64) for part in pair)
    expected = scikit_learn_accuracies(train, test, pair, path)
    found = result.accuracies[Entry("raw pixels", "ridge", "inductive")]
    np.testing.assert_array_equal(found, [expected, expected])
    assert np.mean(expected) > 0.8


def test_pca_agrees_with_scikit_learn(result, pair, path):
    train, test = (flatten(part).astype(np.float64) for part in pair)
    pca = PCA(8, svd_solver="full")
    pca.fit(train[unlabelled_rows(len(train), UNLABELLED)])
    train, test = (pca.transform(part) for part in (train, test))
    expected = scikit_learn_accuracies(train, test, pair, path)
    found = result.accuracies[Entry("PCA", "ridge", "inductive")]
    np.testing.assert_array_equal(found, [expected, expected])
    assert np.mean(expected) > 0.7


def test_every_method_has_its_entries_and_costs(result):
    entries = {(e.method, e.statistics) for e in result.accuracies}
    both = {("random initialisation", s) for s in ("inductive", "transductive")}
    assert entries == both | {(name, "inductive") for name in NAMES}
    assert all(scores.shape == (2, 4) for scores in result.accuracies.values())
    random = result.accuracies[Entry("random initialisation", "ridge", "inductive")]
    assert (random[0] != random[1]).any()  # another seed
    assert result.costs["PCA"].parameters == 64 + 8 * 64
    assert result.costs["raw pixels"].features == 64
    assert result.costs["PCA"].features == 8
    assert all(cost.seconds > 0 for cost in result.costs.values())


def test_random_initialisation_is_normalised_as_it_says(result, pair, path):
    episodes = read_episodes(path)
    shots = shots_of(pair, episodes, UNLABELLED)
    phi = BASE.init_phi(64, seed=1)
    support, test = shots.support[2], shots.test
    joint = np.asarray(BASE.embed(phi, np.concatenate([support, test])))
    statistics = BASE.statistics(phi, shots.unlabelled)
    apart = [np.asarray(BASE.embed(phi, x, statistics)) for x in (support, test)]
    for kind, (x, query) in (
        ("transductive", (joint[: len(support)], joint[len(support) :])),
        ("inductive", apart),
    ):
        found = of_scores.READOUTS["nearest centroid"](x, shots.labels[2], query)
        entry = Entry("random initialisation", "nearest centroid", kind)
        assert result.accuracies[entry][1, 2] == pytest.approx(
            np.mean(found == pair.test.labels), abs=2e-3
        )


def test_labels_of_queries_change_no_prediction(pair, path):
    episodes = read_episodes(path)
    poisoned = pair._replace(
        test=pair.test._replace(labels=np.full_like(pair.test.labels, 3))
    )
    setting = Setting(BASE, 0, (8, 8, 1), 8)
    found = []
    for each in (pair, poisoned):
        # Which examples are asked for is the episode's, not for the method to know.
        shots = shots_of(each, episodes, UNLABELLED)._replace(
            queries=[np.arange(len(pair.test.labels))] * 4
        )
        assert not [x for x in shots if x is each.test.labels]
        found.append(predictions(METHODS["PCA"], setting, shots, of_scores.READOUTS))
    (original, _), (changed, _) = found
    assert len(original) == 3
    for kind, expected in original.items():
        np.testing.assert_array_equal(changed[kind], expected)


class Recognised:
    """Fitted to an episode's support: answers the first of its labels."""

    parameters = 5

    def fit(self, pixels, labels):
        assert pixels.shape == (18, 64)
        self.answer = labels[0]
        return self

    def predict(self, pixels):
        return np.full(len(pixels), self.answer)


def test_a_method_with_its_own_read_out_is_fitted_to_every_support(pair):
    labels = [part.labels for part in pair]
    episodes = draw_episode_set("digits", *labels, 3, 6, queries=7, episodes=5)
    method = Method(lambda _: Recognised(), seeded=False, labelled=True)
    result = compare({"first": method}, pair, episodes, BASE, PROTOCOL)
    (entry,) = result.accuracies
    assert entry == Entry("first", "its own", "inductive")
    np.testing.assert_array_equal(result.accuracies[entry], np.full((2, 5), 7 / 21))
    assert isinstance(result.costs["first"], Cost)
    assert result.costs["first"].parameters == 5


def test_supervised_training_learns_from_every_support(pair, path):
    methods, episodes = named_methods(["supervised"]), read_episodes(path).first(2)
    result = compare(methods, pair, episodes, BASE, ONCE, READOUTS)
    scores = result.accuracies[Entry("supervised", "its own", "inductive")]
    assert scores.shape == (1, 2)
    assert scores.min() > 0.5
    assert result.costs["supervised"].parameters > 64 * 16 + 16 * 8


def test_queries_are_those_of_the_episodes(pair):
    labels = [part.labels for part in pair]
    episodes = draw_episode_set("digits", *labels, 3, 6, queries=7, episodes=2)
    asked = []

    class Asked(RawPixels):
        def embed(self, pixels):
            asked.append(pixels)
            return super().embed(pixels)

    method = Method(lambda _: Asked(), seeded=False)
    result = compare({"raw": method}, pair, episodes, BASE, ONCE, ("nearest centroid",))
    train, test = (flatten(part).astype(np.float64) for part in pair)
    for episode in range(2):
        support = train[episodes.support[episode]]  # (3, 6, 64)
        centroids = support.mean(axis=1)
        query = test[episodes.query[episode]].reshape(21, 1, 64)
        nearest = np.argmin(np.sum((query - centroids) ** 2, axis=-1), axis=1)
        expected = np.mean(nearest == np.repeat(range(3), 7))
        (scores,) = result.accuracies.values()
        assert scores[0, episode] == expected
    assert sum(len(pixels) for pixels in asked) == 2 * 1024  # each split once


def test_episodes_of_other_data_are_refused(pair, path):
    other = pair._replace(train=pair.test, test=pair.train)
    with pytest.raises(ValueError, match="drawn from other labels of the train split"):
        compare(METHODS, other, read_episodes(path), BASE, PROTOCOL)


def test_unknown_baseline_is_an_error():
    assert list(named_methods(["PCA"])) == ["PCA"]
    with pytest.raises(ValueError, match=r"no baseline 'pca'.*raw pixels, PCA"):
        named_methods(["pca"])
