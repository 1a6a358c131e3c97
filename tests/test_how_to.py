"""The code of the how-to pages runs as it is written, and does what they say."""

import gin
import numpy as np
import pytest
from PIL import Image

from learned_update import data
from learned_update.few_shot import EpisodeDistribution
from learned_update.layers.weight_changes import terms
from learned_update.layers.weight_changes.merge import LeakyMerge
from learned_update.layers.weight_changes.weight_change import WeightChange
from learned_update.ops.weight_change import TermInputs
from tests.code_blocks import run_blocks
from tests.import_graph import ROOT

HOW_TO = ROOT / "docs" / "how_to"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    gin.clear_config()


def test_data_of_your_own():
    pixels = np.random.default_rng(0).uniform(size=(10, 4))
    names = run_blocks(
        HOW_TO / "data.md", "Your own", pixels=pixels, labels=np.arange(10) % 2
    )
    assert names["tasks"].input_dim == 4


def test_images(folder):
    rng = np.random.default_rng(0)
    for name in ("cats", "dogs"):
        (folder / "photos" / name).mkdir(parents=True)
        for index in range(6):
            pixels = rng.integers(0, 256, (30, 40, 3), dtype="uint8")
            Image.fromarray(pixels).save(folder / "photos" / name / f"{index}.png")
    names = run_blocks(HOW_TO / "images.md", "Your own images")
    assert names["photos"].images.shape == (12, 28, 28, 1)
    assert names["features"].shape == (12, 32)
    assert names["names"][0] == "cats/0.png"


def test_tables(folder):
    rows = ["length,width,species", "1.5,2.0,iris", "2.5,1.0,rose", "3.5,3.0,rose"]
    (folder / "flowers.csv").write_text("\n".join(rows))
    names = run_blocks(HOW_TO / "tables.md", "Your own tables")
    assert names["flowers"].class_names == ("iris", "rose")
    assert names["features"].shape == (3, 16)


def test_text():
    names = run_blocks(HOW_TO / "text.md", "Your own text")
    assert names["rows"].shape[0] == 3
    assert names["features"].shape == (3, 8)


def test_a_data_set():
    names = run_blocks(HOW_TO / "add_data_set.md", "Add a data set")
    rings = names["rings"](examples=50, noise=0.0)
    data.check_labelled(rings)
    radii = np.linalg.norm(rings.images.reshape(50, 2), axis=1)
    np.testing.assert_allclose(radii, 1 + rings.labels, rtol=1e-5)


def test_a_weight_change_term():
    known = dict(terms.TERMS)
    try:
        run_blocks(HOW_TO / "add_term.md", "Add a weight-change term")
        change = WeightChange(
            LeakyMerge(initial_coefficients={"sign_decay": 1.0}), ("sign_decay",)
        )
        equation = terms.TERMS["sign_decay"].equation
    finally:
        terms.TERMS.clear()
        terms.TERMS.update(known)
    assert change.terms == ("sign_decay",)
    w = np.array([[-2.0, 0.0], [0.5, 3.0]])
    found = equation(TermInputs(w=w, lower=None, upper=None, z=None))
    np.testing.assert_array_equal(found, [[-1, 0], [1, 1]])


def test_a_baseline():
    names = run_blocks(HOW_TO / "add_baseline.md", "Add a baseline")
    pixels = np.random.default_rng(1).normal(size=(30, 6)).astype("float32")
    fitted = names["RandomProjection"](4, seed=2).fit(pixels)
    matrix = np.random.default_rng(2).normal(size=(6, 4)) / np.sqrt(6)
    np.testing.assert_allclose(fitted.embed(pixels), pixels @ matrix, rtol=1e-4)
    assert fitted.parameters == 24


def test_a_few_shot_learner():
    names = run_blocks(HOW_TO / "add_few_shot_learner.md", "Add a few-shot learner")
    labels = np.repeat(np.arange(4), 6)
    rng = np.random.default_rng(0)
    pixels = rng.normal(size=(24, 5)) + 8 * np.eye(5)[labels]
    episodes = EpisodeDistribution(
        data.from_arrays(pixels, labels), ways=2, shots=2, queries=2
    )
    learner = names["Manhattan"](embedding="mlp", widths=(8,)).fit(
        episodes, steps=2, progress=False
    )
    episode = episodes.draw(rng)
    found = learner.predict(episode.support_x, episode.support_y, episode.query_x)
    np.testing.assert_allclose(found.sum(1), 1, rtol=1e-5)
    support, query = (x.reshape(4, 5) for x in (episode.support_x, episode.query_x))
    assert support.shape == query.shape == (4, 5)
