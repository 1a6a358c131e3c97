"""Episode files: the same bytes everywhere, and whole or refused."""

import json

import numpy as np
import pytest

from learned_update.evaluation.episodes import files as episode_files
from learned_update.evaluation.episodes.files import (
    episode_digest,
    read_episodes,
    shipped_episodes,
    write_episodes,
)
from learned_update.evaluation.episodes.fixed_sets import draw_episode_set

LABELS = np.arange(40) * 7 % 4
# On every machine, whatever its byte order and its versions of Python and NumPy.
DIGESTS = {
    None: "7414f0b7ae4de312648cc658df9455c8c39ce6b8d33e25aaf3e57be3ee228be8",
    3: "980c3d5c7d2e19f95afe309b827727e5d1a1816516c1e7e2605563465cd37963",
}
SHIPPED = {
    "mnist": "32318c74388729d6d3000b349291cf00e796d06ad9d1b53320500b98c15b8d2a",
    "fashion_mnist": "91734350314bc07f9d13da539b460a36f53b0d34bbbdf4538ba1874e79451e32",
}


def draw(queries=None):
    return draw_episode_set("numbered", LABELS, LABELS[::-1], 3, 2, queries, 4, seed=5)


@pytest.mark.parametrize("queries", [None, 3])
def test_what_is_written_is_read_and_its_bytes_are_known(queries, tmp_path):
    path = tmp_path / "episodes.json"
    write_episodes(draw(queries), path)
    assert episode_digest(path) == DIGESTS[queries]
    for found, expected in zip(read_episodes(path), draw(queries), strict=True):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("dataset", SHIPPED)
def test_shipped_episodes(dataset):
    path = shipped_episodes(dataset)
    assert episode_digest(path) == SHIPPED[dataset]
    episodes = read_episodes(path)
    assert (episodes.dataset, episodes.seed, episodes.query) == (dataset, 0, None)
    assert episodes.support.shape == (10, 10, 10)
    assert (episodes.train.examples, episodes.test.examples) == (60000, 10000)


def test_no_episodes_are_shipped_for_other_data_sets():
    assert shipped_episodes("glyphs/lao") is None


def cut(text):
    return text[: len(text) // 2]


def one_index_changed(text):
    body = json.loads(text)
    body["support"][0][0][0] += 1
    return json.dumps(body)


def of_another_version(text):
    return json.dumps(json.loads(text) | {"version": 2})


def with_a_checksum(**changes):
    def corrupt(text):
        body = json.loads(text) | changes
        del body["checksum"]
        return json.dumps(body | {"checksum": episode_files._checksum(body)})

    return corrupt


@pytest.mark.parametrize(
    ("corrupt", "message"),
    [
        (cut, "no episodes, or only a part of them"),
        (lambda text: "[]", "no episodes, or only a part of them"),
        (lambda text: '{"checksum": ""}', "no episodes, or only a part"),
        (of_another_version, r"version 1, unchanged.*version 2"),
        (one_index_changed, "do not have the checksum they name"),
        (with_a_checksum(support=[[[0, 1]]]), r"support has shape \(1, 1, 2\)"),
        (with_a_checksum(query=[[[0]], [[1]]]), r"query has shape \(2, 1, 1\)"),
        (with_a_checksum(support=[[0, 1], [2]]), "episodes of no one shape"),
        (with_a_checksum(classes=[[0.5] * 3] * 4), "classes holds no indices"),
        (with_a_checksum(support=[[[0, 40]] * 3] * 4), "goes beyond 40 examples"),
        (with_a_checksum(train={"examples": 40}), "episodes of no one shape"),
    ],
)
def test_what_is_not_whole_is_refused(corrupt, message, tmp_path):
    path = tmp_path / "episodes.json"
    write_episodes(draw(), path)
    path.write_text(corrupt(path.read_text()))
    with pytest.raises(
        ValueError, match=f"no episode file that can be used.*{message}"
    ):
        read_episodes(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="episodes.json"):
        read_episodes(tmp_path / "episodes.json")
