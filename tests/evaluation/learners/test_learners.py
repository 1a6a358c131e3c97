"""Fixed episodes of one pool, scores on them, and the report's files."""

import json

import numpy as np
import pytest

from learned_update.data import Dataset
from learned_update.evaluation.episodes.files import (
    episode_digest,
    read_episodes,
    write_episodes,
)
from learned_update.evaluation.learners.episode_sets import (
    check_class_episodes,
    draw_class_episodes,
    fixed_episodes,
)
from learned_update.evaluation.learners.report import evaluate_learners
from learned_update.evaluation.learners.scores import accuracy_estimate, score_learner
from learned_update.few_shot import EpisodeDistribution, few_shot_learner

# On every machine, whatever its byte order and its versions of Python and NumPy.
DIGEST = "8a6f04516544e6df099565fcb8a99890509f1eb52861978b38d4a0a2aaff0696"


def numbered(classes=6, examples=5):
    """Images that say their class, with labels."""
    labels = np.repeat(np.arange(classes, dtype="int32"), examples)
    images = np.zeros((len(labels), 28, 28, 1), "uint8")
    images[np.arange(len(labels)), 2 * labels, :, 0] = 255
    return Dataset("numbered", images, labels, tuple(map(str, range(classes))))


def distribution(**options):
    return EpisodeDistribution(numbered(), 3, 1, 2, **options)


def test_fixed_episodes_are_the_same_everywhere_and_disjoint(tmp_path):
    fixed = draw_class_episodes("numbered", distribution(rotations=True), 4, seed=3)
    write_episodes(fixed, tmp_path / "episodes.json")
    assert episode_digest(tmp_path / "episodes.json") == DIGEST
    both = np.concatenate([fixed.support, fixed.query], axis=-1)
    assert all(len(set(rows)) == 3 for rows in both.reshape(-1, 3).tolist())
    np.testing.assert_array_equal(
        numbered().labels[both], np.repeat(fixed.classes[..., None] % 6, 3, axis=-1)
    )
    more = draw_class_episodes("numbered", distribution(rotations=True), 6, seed=3)
    np.testing.assert_array_equal(more.support[:4], fixed.support)
    read = read_episodes(tmp_path / "episodes.json")
    assert check_class_episodes(read, distribution(rotations=True)) is read


def test_episodes_of_other_classes_are_refused():
    fixed = draw_class_episodes("numbered", distribution(rotations=True), 4, seed=3)
    with pytest.raises(ValueError, match="of other classes.*with the same data and"):
        check_class_episodes(fixed, distribution())
    other = EpisodeDistribution(numbered(examples=4), 3, 1, 2, rotations=True)
    with pytest.raises(ValueError, match="drawn from other labels"):
        check_class_episodes(fixed, other)


def test_a_learner_that_sees_the_class_is_always_right():
    given = distribution()
    fixed = draw_class_episodes("numbered", given, 5)
    learner = few_shot_learner("nearest-neighbour").fit(given)
    score = score_learner(learner, given, fixed)
    np.testing.assert_array_equal(score.accuracies, np.ones(5))
    assert score.estimate == (1.0, 0.0)
    first, again = (list(fixed_episodes(fixed, given)) for _ in range(2))
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.query_x, other.query_x)


def test_interval_of_independent_episodes():
    mean, half_width = accuracy_estimate([0.5, 0.75, 1.0])
    assert mean == 0.75
    # t quantile of 2 degrees of freedom times the standard error 0.25 / sqrt(3)
    np.testing.assert_allclose(half_width, 4.302653 * 0.25 / np.sqrt(3), rtol=1e-6)


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """A file with a part of Omniglot: the same images, two alphabets."""
    path = tmp_path_factory.mktemp("omniglot") / "part.npz"
    data = numbered()
    names = [f"Greek/character0{n}" for n in (1, 2, 3)]
    names += [f"Tagalog/character0{n}" for n in (1, 2)] + ["Sanskrit/character01"]
    np.savez(
        path,
        x28=data.images[..., 0],
        char=data.labels.astype("uint16"),
        char_names=np.array(names),
    )
    return path


def test_report(archive, tmp_path):
    learner = few_shot_learner("nearest-neighbour").fit(distribution())
    form = {"ways": 3, "shots": 1, "queries": 2}
    report = evaluate_learners({"nn": learner}, str(archive), count=3, **form)
    report.write(tmp_path)
    line = "| nn | nearest-neighbour | inductive | 100.0 ± 0.0 |"
    assert line in (tmp_path / "table.md").read_text()
    assert (
        episode_digest(tmp_path / "episodes.json")
        in (tmp_path / "table.md").read_text()
    )
    rows = (tmp_path / "table.csv").read_text().splitlines()
    assert rows[0] == "learner,method,statistics,accuracy,half_width,seconds"
    assert rows[1].startswith("nn,nearest-neighbour,inductive,1.0,0.0,")
    again = evaluate_learners(
        {"nn": learner}, str(archive), episode_file=tmp_path / "episodes.json"
    )
    for one, other in zip(again.fixed, report.fixed, strict=True):
        np.testing.assert_array_equal(one, other)
    body = json.loads((tmp_path / "episodes.json").read_text())
    assert body["dataset"] == "part"
    with pytest.raises(ValueError, match="too few episodes for an interval"):
        evaluate_learners({"nn": learner}, str(archive), count=1)
    with pytest.raises(ValueError, match=r"too few classes.*ways=13.*12 classes"):
        evaluate_learners({"nn": learner}, str(archive), ways=13, queries=2)
