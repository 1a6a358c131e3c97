"""Real data sets, where their files are."""

import os
import pathlib
import re
import zlib

import numpy as np
import pytest

from learned_update.data import check_labelled, load

_DIGITS = tuple("0123456789")
_CLOTHES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat")
_CLOTHES += ("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
_THINGS = ("airplane", "automobile", "bird", "cat", "deer")
_THINGS += ("dog", "frog", "horse", "ship", "truck")


@pytest.fixture(autouse=True)
def _data_dir(monkeypatch, tmp_path):
    shared = os.environ.get("LEARNED_UPDATE_SHARED")
    root = pathlib.Path(__file__).resolve().parents[2]
    folder = (pathlib.Path(shared) if shared else root.parent / "shared") / "tfds"
    if not folder.is_dir():
        pytest.skip(
            f"The data sets are not at {folder}; set LEARNED_UPDATE_SHARED to the "
            "folder that holds tfds/."
        )
    monkeypatch.setenv("TFDS_DATA_DIR", str(folder))
    monkeypatch.setenv("LEARNED_UPDATE_CACHE", str(tmp_path / "cache"))


@pytest.mark.parametrize(
    ("name", "shape", "class_names"),
    [
        ("mnist", (28, 28, 1), _DIGITS),
        ("fashion_mnist", (28, 28, 1), _CLOTHES),
        ("cifar10", (32, 32, 3), _THINGS),
    ],
)
def test_images_load_through_the_same_code(name, shape, class_names):
    dataset = check_labelled(load(name, split="test[:600]"))
    assert dataset.name == name
    assert dataset.images.shape == (600, *shape)
    assert dataset.images.dtype == np.uint8
    assert (dataset.images.min(), dataset.images.max()) == (0, 255)
    assert dataset.class_names == class_names
    counts = np.bincount(dataset.labels)
    assert len(counts) == len(class_names)
    share = 600 / len(class_names)
    assert 0.6 * share < counts.min() <= counts.max() < 1.5 * share


def test_all_of_a_split():
    dataset = load("mnist", split="test", size=14)
    assert dataset.images.shape == (10000, 14, 14, 1)
    counts = np.bincount(dataset.labels).tolist()  # as published
    assert counts == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


@pytest.mark.parametrize(
    ("name", "size", "channels", "label", "checksum"),
    [
        ("mnist", None, None, 2, 2634185985),
        ("mnist", 14, None, 2, 3991791090),
        ("fashion_mnist", None, None, 4, 901689366),
        ("fashion_mnist", 14, None, 4, 1801504460),
        ("cifar10", None, None, 4, 3193503765),
        ("cifar10", 16, 1, 4, 985805320),
    ],  # CRC-32 of what `tfds.load` and Pillow make of the first image
)
def test_a_known_image(name, size, channels, label, checksum):
    dataset = load(name, size=size, channels=channels, split="test[:1]")
    assert dataset.labels.tolist() == [label]
    assert zlib.crc32(dataset.images[0].tobytes()) == checksum


def test_reviews_are_bags_of_words():
    import tensorflow_datasets as tfds

    dataset = check_labelled(load("imdb", split="test[:100]"))
    assert dataset.images.shape == (100, 1, 1000, 1)
    assert set(np.unique(dataset.images)) == {0, 255}
    assert dataset.class_names == ("neg", "pos")
    assert 30 < np.bincount(dataset.labels)[0] < 70
    records = tfds.load(
        "imdb_reviews", split="test[:100]", data_dir=os.environ["TFDS_DATA_DIR"]
    )
    for image, record in zip(dataset.images, tfds.as_numpy(records), strict=True):
        words = re.findall(r"[\w']+", record["text"].decode().lower())
        assert (image[0, 0, 0] == 255) == ("the" in words)  # the most frequent word
        assert 0 < np.count_nonzero(image) <= len(set(words))
