"""What can go wrong between a name and its examples."""

import errno
import socket
import urllib.request

import numpy as np
import pytest
import requests

from learned_update.data import load
from learned_update.data.sources.tfds.builder import open_builder
from learned_update.data.sources.tfds.reader import features
from tests.data.tfds_stores import image_features, write_store

_IMAGES = np.random.default_rng(0).integers(0, 256, (6, 4, 4, 1), dtype="uint8")


@pytest.fixture(autouse=True)
def environment(monkeypatch, tmp_path):
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "tfds"))
    monkeypatch.setenv("LEARNED_UPDATE_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def store(tmp_path):
    """Writes a data set of six images with more features; returns its folder."""

    def write(name="pets", count=6, **more):
        examples = [
            {"image": image, "label": row % 2, **dict.fromkeys(more, 0)}
            for row, image in enumerate(_IMAGES[:count])
        ]
        given = image_features(["cat", "dog"], (4, 4, 1), **more)
        splits = {"train": examples}
        return write_store(tmp_path / "tfds", name, "1.0.0", given, splits)

    return write


def _download(monkeypatch, error):
    """Makes every download fail."""
    import tensorflow_datasets as tfds

    def fail(*_, **__):
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: [])
    monkeypatch.setattr(tfds.download.DownloadManager, "download", fail)
    monkeypatch.setattr(tfds.download.DownloadManager, "download_and_extract", fail)


@pytest.mark.parametrize(
    ("name", "near"),
    [("mnst", "mnist, "), ("emnst/letters:3.0.0", "emnist"), ("cifar_10", "cifar10, ")],
)
def test_an_unknown_name_and_near_ones_of_both_kinds(name, near):
    message = (
        f"There is no data set {name!r}. Expected: a name that `dataset_names()` "
        "lists, a name in TensorFlow Datasets, or a path. Received: "
        f"name={name!r}. Near names: {near}"
    )
    with pytest.raises(ValueError, match="There is no data set") as caught:
        load(name)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("name", ["emnist/capitals", "emnist:0.0.1"])
def test_an_unknown_configuration_or_version(name):
    message = (
        f"Data set '{name}' cannot be opened. Expected: a configuration and a version "
        f"that exist, and whole files in .*tfds. Received: .*Error: .*emnist.* "
        "Configurations: .*emnist/letters.* Without a version the newest is taken."
    )
    with pytest.raises(ValueError, match=message):
        load(name)


def test_no_network(monkeypatch, tmp_path):
    reason = "Failed to resolve 'storage.googleapis.com'"
    _download(monkeypatch, requests.exceptions.ConnectionError(reason))
    message = (
        "Data set 'mnist' is not prepared, and could not be downloaded. Expected: "
        f"prepared files in {tmp_path}/tfds/mnist/3.0.1, or a network. Received: "
        f"ConnectionError: {reason}. Connect to the network; or prepare it on a "
        "connected machine, copy the folder, and set data_dir or TFDS_DATA_DIR to it."
    )
    with pytest.raises(ValueError, match="Data set 'mnist' is not") as caught:
        load("mnist")
    assert str(caught.value) == message
    assert not (tmp_path / "cache").exists()


def test_a_network_without_names_is_noticed_at_once(monkeypatch):
    import tensorflow_datasets as tfds

    def fail(*_):
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(urllib.request, "getproxies", dict)
    monkeypatch.setattr(socket, "getaddrinfo", fail)
    monkeypatch.delattr(tfds.download.DownloadManager, "download")
    with pytest.raises(ValueError, match="or a network. Received: gaierror: .*-3"):
        load("mnist")


def test_a_full_disk_is_no_missing_network(monkeypatch):
    _download(monkeypatch, OSError(errno.ENOSPC, "No space left on device"))
    with pytest.raises(OSError, match="No space left on device"):
        load("mnist")


def test_a_library_that_is_not_installed(monkeypatch):
    _download(monkeypatch, ModuleNotFoundError("No module named 'x_ray'", name="x_ray"))
    message = (
        "Data set 'mnist:3.0.1' needs a library that is not installed. Expected: x_ray "
        "beside TensorFlow Datasets. Received: ModuleNotFoundError: No module named "
        "'x_ray'. Install it, as with `pip install x_ray`."
    )
    with pytest.raises(ValueError, match=message):
        load("mnist")


@pytest.mark.parametrize("size", [20, 64])
def test_files_that_must_be_downloaded_by_hand(size, tmp_path):
    message = (
        "Data set 'imagenet2012' must be downloaded by hand. Expected: its files in "
        f"{tmp_path}/tfds/downloads/manual. Received: AssertionError: .* manual_dir "
        "should contain two files: ILSVRC2012_img_train.tar and ILSVRC2012_img_val.tar"
    )
    with pytest.raises(ValueError, match=message):
        load("imagenet/meta_train", size=size)


def test_features_of_a_data_set_without_images(tmp_path):
    import tensorflow_datasets as tfds

    given = {
        "age": tfds.features.Scalar(np.float32),
        "class": tfds.features.ClassLabel(num_classes=2),
    }
    rows = {"train": [{"age": 1.0, "class": 0}]}
    write_store(tmp_path / "tfds", "ages", "1.0.0", given, rows)
    message = (
        r"Data set 'ages' has no images or texts with classes. Expected: one image "
        r"\(uint8\) or text, and one label. Received: the features "
        r"age \(Scalar\), class \(ClassLabel\). Choose another"
    )
    with pytest.raises(ValueError, match=message):
        load("ages")


def test_features_that_one_cannot_choose_from(tmp_path):
    import tensorflow_datasets as tfds

    given = {
        "left": tfds.features.Image(shape=(4, 4, 1)),
        "right": tfds.features.Image(shape=(4, 4, 1)),
        "label": tfds.features.ClassLabel(num_classes=2),
    }
    rows = {"train": [{"left": _IMAGES[0], "right": _IMAGES[1], "label": 0}]}
    write_store(tmp_path / "tfds", "pairs", "1.0.0", given, rows)
    with pytest.raises(ValueError, match=r"left \(Image\).* right \(Image\)"):
        load("pairs")


def test_the_features_of_the_usual_names_are_read(store, tmp_path):
    import tensorflow_datasets as tfds

    store(breed=tfds.features.ClassLabel(num_classes=3))
    builder = open_builder("pets", tmp_path / "tfds")
    assert features(builder, "pets") == ("images", "image", "label", (4, 4, 1))
    np.testing.assert_array_equal(load("pets").images, _IMAGES)


@pytest.mark.parametrize("damage", ["cut", "flipped", "removed", "no image"])
def test_corrupt_files(store, damage, tmp_path):
    folder = store()
    (path,) = folder.glob("*.tfrecord*")
    content = bytearray(path.read_bytes())
    if damage == "cut":
        path.write_bytes(content[:-20])
    elif damage == "flipped":
        content[len(content) // 2] ^= 0xFF
        path.write_bytes(content)
    elif damage == "removed":
        path.unlink()
    else:
        _write_without_image(path)
    message = (
        "Files of data set 'pets/1.0.0' are corrupt or missing. Expected: the records "
        f"that were prepared in {folder}. Received: .*Error: .* Remove that folder and "
        "prepare the data set again."
    )
    with pytest.raises(ValueError, match=message):
        load("pets")
    assert not list((tmp_path / "cache").glob("*"))


def _write_without_image(path):
    import tensorflow as tf

    feature = {
        "image": tf.train.Feature(bytes_list=tf.train.BytesList(value=[b"no image"])),
        "label": tf.train.Feature(int64_list=tf.train.Int64List(value=[1])),
    }
    example = tf.train.Example(features=tf.train.Features(feature=feature))
    with tf.io.TFRecordWriter(str(path)) as writer:
        writer.write(example.SerializeToString())


@pytest.mark.parametrize("name", ["dataset_info.json", "features.json"])
def test_corrupt_descriptions(store, name):
    (store() / name).write_text('{"pythonClassName": ')
    with pytest.raises(ValueError, match="'pets' cannot be opened.*Error.*: none"):
        load("pets")


def test_files_with_fewer_examples_than_they_say(store, tmp_path):
    folder = store()
    (path,) = folder.glob("*.tfrecord*")
    other = store(name="others", count=4)
    path.write_bytes(next(other.glob("*.tfrecord*")).read_bytes())
    message = "corrupt or missing. .* Received: .*Error: .* expected to contain 6"
    with pytest.raises(ValueError, match=message):
        load("pets")
    assert not list((tmp_path / "cache").glob("*"))
