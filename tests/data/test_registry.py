"""Data sets by name."""

import gin
import numpy as np
import pytest
from PIL import Image

from learned_update.data import (
    HELD_OUT_SCRIPTS,
    META_TRAIN_SCRIPTS,
    digits,
    glyphs,
    load,
    load_all,
    subset,
)
from learned_update.data.catalogue.dataset_names import dataset_names, group_names
from learned_update.data.preparation.resizing import resize
from learned_update.data.registry import prepare
from learned_update.data.sources.two_moons import two_moons

_TFDS = {
    "mnist",
    "fashion_mnist",
    "cifar10",
    "imdb",
    "imagenet",
    "imagenet/meta_train",
    "imagenet/meta_validation",
    "imagenet/meta_test",
    "omniglot",
    "omniglot/meta_train",
    "omniglot/meta_validation",
    "omniglot/meta_test",
}


def test_names():
    scripts = {f"glyphs/{script}" for script in META_TRAIN_SCRIPTS + HELD_OUT_SCRIPTS}
    assert set(dataset_names()) == {"digits", "two_moons"} | scripts | _TFDS
    parts = ("meta_train", "meta_validation", "meta_test")
    assert group_names() == (
        *(f"glyphs/{part}" for part in parts),
        "synthetic/images",
        "synthetic/images/meta_validation",
        "synthetic/tables",
        "synthetic/tables/meta_validation",
        "synthetic/text",
        "synthetic/text/meta_validation",
    )


def test_names_load_what_they_say():
    np.testing.assert_array_equal(load("digits").images, digits().images)
    loaded = load("glyphs/georgian", renderings=2, size=9, seed=4)
    expected = glyphs("georgian", renderings=2, size=9, seed=4)
    assert loaded.name == expected.name == "glyphs/georgian"
    np.testing.assert_array_equal(loaded.images, expected.images)
    moons = load("two_moons", examples=10, noise=0.2, seed=3)
    np.testing.assert_array_equal(moons.images, two_moons(10, 0.2, 3).images)


def test_digits_are_resized():
    images = load("digits", size=14).images
    assert images.shape == (1797, 14, 14, 1)
    np.testing.assert_array_equal(images[7], resize(digits().images[7], 14))


def test_glyphs_are_rendered_at_their_size():
    assert load("glyphs/lao", renderings=1).images.shape[1:] == (8, 8, 1)
    resized = [resize(image, 5) for image in load("glyphs/lao", renderings=1).images]
    rendered = load("glyphs/lao", renderings=1, size=5).images
    assert rendered.shape[1:] == (5, 5, 1)
    assert (rendered != resized).any()


@pytest.mark.parametrize("name", ["digits", "glyphs/lao"])
def test_grey_images_in_colour(name):
    grey, colour = load(name), load(name, channels=3)
    np.testing.assert_array_equal(colour.images, np.repeat(grey.images, 3, axis=-1))
    np.testing.assert_array_equal(load(name, channels=1).images, grey.images)


@pytest.mark.parametrize("classes", [(7, 2), ("7", "2")])
def test_some_classes(classes):
    loaded, expected = load("digits", classes=classes), subset(digits(), (7, 2))
    np.testing.assert_array_equal(loaded.images, expected.images)
    np.testing.assert_array_equal(loaded.labels, expected.labels)
    assert loaded.class_names == ("7", "2")


def test_fewer_than_two_classes():
    with pytest.raises(ValueError, match="too few classes of data set 'digits'"):
        load("digits", classes=(7,))


@pytest.mark.parametrize("as_path", [True, False])
def test_files_by_their_path(tmp_path, as_path):
    images = np.arange(2 * 4 * 4, dtype="uint8").reshape(2, 4, 4)
    path = tmp_path / "mine.npz"
    np.savez(path, x=images, y=[1, 0])
    dataset = load(path if as_path else str(path))
    assert dataset.name == "mine"
    np.testing.assert_array_equal(dataset.images, images[..., None])
    np.testing.assert_array_equal(dataset.labels, [1, 0])
    assert load(path, size=2, channels=3).images.shape == (2, 2, 2, 3)
    assert load(path, classes=("1", "0")).labels.tolist() == [0, 1]


def test_paths_relative_to_the_working_directory(tmp_path, monkeypatch):
    (tmp_path / "folder").mkdir()
    np.save(tmp_path / "folder" / "rows.npy", np.eye(3))
    np.save(tmp_path / "rows.npy", np.eye(2))
    monkeypatch.chdir(tmp_path)
    for name, rows in [
        ("rows.npy", 2),
        ("./rows.npy", 2),
        ("folder/rows.npy", 3),
        ("folder/../folder/rows.npy", 3),
    ]:
        assert load(name).images.shape == (rows, 1, rows, 1)


def test_a_name_is_not_taken_for_a_path(tmp_path, monkeypatch):
    (tmp_path / "glyphs" / "lao").mkdir(parents=True)
    (tmp_path / "digits").mkdir()
    monkeypatch.chdir(tmp_path)
    assert load("glyphs/lao", renderings=1).name == "glyphs/lao"
    assert load("digits").name == "digits"


def test_a_folder_in_the_working_directory_is_a_path(tmp_path, monkeypatch):
    for name in ("left", "right"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        Image.new("L", (4, 4)).save(tmp_path / "photos" / name / "one.png")
    monkeypatch.chdir(tmp_path)
    assert load("photos").class_names == ("left", "right")


def test_gin_says_what_becomes_of_unreadable_files(tmp_path):
    for name in ("a.png", "b.png"):
        Image.new("L", (4, 4)).save(tmp_path / name)
    (tmp_path / "c.png").write_text("no image")
    with pytest.raises(ValueError, match="c.png cannot be read.*from_path.on_error"):
        load(tmp_path)
    gin.bind_parameter("from_path.on_error", "skip")
    try:
        assert len(load(tmp_path).images) == 2
    finally:
        gin.clear_config()


def test_a_missing_file_is_no_unknown_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("missing.csv", "missing.parquet", "missing.xlsx", "Mine v1.h5"):
        with pytest.raises(FileNotFoundError, match=f"no file or folder '{name}'"):
            load(name)
    (tmp_path / "there.xlsx").write_text("")
    with pytest.raises(ValueError, match="there.xlsx is of no known kind"):
        load("there.xlsx")


@pytest.mark.parametrize("name", ["./missing.npy", "/missing/folder", "~/missing/x"])
def test_nothing_at_a_path(name):
    with pytest.raises(FileNotFoundError, match="There is no file or folder"):
        load(name)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("glyphs/armenia", "glyphs/armenian,"),
        ("glyphs/meta_tes", "glyphs/meta_test,"),
        ("?", "digits, gl"),
        ("glyphs/lao.x", "glyphs/lao,"),
        (7, "digits, gl"),
    ],
)
def test_an_unknown_name(name, near):
    with pytest.raises(ValueError, match="There is no data set") as caught:
        load(name)
    assert f"Received: name={name!r}. Near names: {near}" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "option"),
    [
        ("digits", {"split": "test"}),
        ("digits", {"renderings": 3}),
        ("glyphs/lao", {"data_dir": "x"}),
        ("two_moons", {"size": 8}),
        ("two_moons", {"channels": 1}),
        ("mnist", {"renderings": 3}),
        ("kmnist", {"noise": 0.5}),
        ("./mine.npy", {"renderings": 3}),
    ],
)
def test_arguments_that_do_not_apply(name, option):
    ((argument, value),) = option.items()
    message = (
        f"{argument} does not apply to data set {name!r}. Expected: some of .*classes.*"
        f". Received: {argument}={value!r}. Leave it out, or load this data set"
    )
    with pytest.raises(ValueError, match=message):
        load(name, **option)


@pytest.mark.parametrize(
    ("group", "count"), [("meta_train", 31), ("meta_validation", 2), ("meta_test", 4)]
)
def test_a_group_is_loaded_as_one_data_set_per_script(group, count):
    datasets = load_all([f"glyphs/{group}"], size=4, renderings=1)
    assert len(datasets) == count
    assert all(dataset.images.shape[1:] == (4, 4, 1) for dataset in datasets)
    names = {dataset.name for dataset in datasets}
    assert len(names) == count
    assert names <= set(dataset_names())


def test_several_names(tmp_path):
    np.save(tmp_path / "mine.npy", np.zeros((2, 9, 9), "uint8"))
    names = ["digits", "glyphs/meta_validation", str(tmp_path / "mine.npy")]
    datasets = load_all(names, size=5, channels=3)
    assert [dataset.name for dataset in datasets] == [
        "digits",
        "glyphs/armenian_capital",
        "glyphs/georgian_capital",
        "mine",
    ]
    assert {dataset.images.shape[1:] for dataset in datasets} == {(5, 5, 3)}
    assert load_all([]) == []
    assert [dataset.name for dataset in load_all("digits")] == ["digits"]


def test_a_group_is_not_one_data_set():
    message = (
        "'glyphs/meta_test' stands for 4 data sets. Expected: the name of one. "
        "Received: name='glyphs/meta_test'. `load_all` loads them all."
    )
    with pytest.raises(ValueError, match=message):
        load("glyphs/meta_test")


def test_what_needs_no_preparation(tmp_path):
    told = prepare("digits", size=14, classes=(1, 2))
    assert told == (None, 359, 2, (14, 14, 1), 359 * 14 * 14, "this package", True)
    path = tmp_path / "rows.npy"
    np.save(path, np.eye(3, dtype="float32"))
    told = prepare(path)
    assert told == (None, 3, 0, (1, 3, 1), 36, f"files at {path}", True)
