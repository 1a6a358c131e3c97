"""Arrays that are prepared once and kept on disk."""

import json
import os
import pathlib

import numpy as np
import pytest

from learned_update.data.preparation import prepared
from tests.damage import damaged

_KEY = {"source": "animals:1.0.0", "split": "train", "size": 4, "classes": None}
_IMAGES = np.arange(5 * 4 * 4, dtype="uint8").reshape(5, 4, 4, 1)
_LABELS = np.array([0, 1, 1, 0, 1], "int32")


@pytest.fixture
def origin(tmp_path):
    path = tmp_path / "dataset_info.json"
    path.write_text("as it was")
    return prepared.origin(path)


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


def _store(cache, origin, key=_KEY, images=_IMAGES, labels=_LABELS, examples=5):
    batches = [(images[:2], labels[:2]), (images[2:], labels[2:])]
    return prepared.store(key, examples, ("cat", "dog"), batches, origin, cache)


def test_what_is_stored_is_found(cache, origin):
    stored = _store(cache, origin)
    found = prepared.find(_KEY, cache)
    for entry in (stored, found):
        np.testing.assert_array_equal(entry.images, _IMAGES)
        np.testing.assert_array_equal(entry.labels, _LABELS)
        assert entry.images.dtype == np.uint8
        assert entry.labels.dtype == np.int32
        assert entry.class_names == ("cat", "dog")
        assert entry.path.parent == cache
        assert entry.origin == origin


def test_images_are_mapped_from_disk_and_cannot_be_written(cache, origin):
    _store(cache, origin)
    images = prepared.find(_KEY, cache).images
    assert isinstance(images, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        images[0] = 0


def test_an_entry_is_a_folder_of_plain_files(cache, origin):
    entry = _store(cache, origin)
    assert [path.name for path in cache.iterdir()] == [entry.path.name]
    assert entry.path.name.startswith("animals_1_0_0-")
    names = sorted(path.name for path in entry.path.iterdir())
    assert names == ["entry.json", "images.npy", "labels.npy"]
    description = json.loads((entry.path / "entry.json").read_text())
    assert description["key"] == _KEY
    assert set(description["sha256"]) == {"images.npy", "labels.npy"}
    np.testing.assert_array_equal(np.load(entry.path / "images.npy"), _IMAGES)


@pytest.mark.parametrize(
    "change",
    [{"source": "animals:2.0.0"}, {"split": "test"}, {"size": 5}, {"classes": ["cat"]}],
)
def test_everything_in_the_key_counts(cache, origin, change):
    _store(cache, origin)
    assert prepared.find({**_KEY, **change}, cache) is None


def test_the_format_of_the_preparation_counts(cache, origin, monkeypatch):
    _store(cache, origin)
    monkeypatch.setattr(prepared, "FORMAT", prepared.FORMAT + 1)
    assert prepared.find(_KEY, cache) is None


def test_examples_without_labels(cache, origin):
    entry = _store(cache, origin, labels=np.full(5, -1, "int32"))
    assert entry.labels is None
    assert entry.class_names == ()
    assert not (entry.path / "labels.npy").exists()
    assert prepared.find(_KEY, cache).labels is None


def test_some_examples_without_labels(cache, origin):
    message = (
        "Some examples of 'animals:1.0.0' have no label. Expected: labels for all "
        "examples, or for none. Received: 2 of 5 without, in split 'train'."
    )
    with pytest.raises(ValueError, match=message):
        _store(cache, origin, labels=np.array([0, -1, 1, -1, 1], "int32"))
    assert not list(cache.iterdir())


@pytest.mark.parametrize("examples", [4, 6])
def test_another_number_of_examples(cache, origin, examples):
    message = f"as many examples as it says. Expected: {examples}. Received: 5."
    with pytest.raises(ValueError, match=message):
        _store(cache, origin, examples=examples)
    assert not list(cache.iterdir())


def test_nothing_is_left_of_an_interrupted_preparation(cache, origin):
    def batches():
        yield _IMAGES[:2], _LABELS[:2]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepared.store(_KEY, 5, ("cat", "dog"), batches(), origin, cache)
    assert not list(cache.iterdir())
    assert prepared.find(_KEY, cache) is None


def _flip_byte(path):
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def _cut(path):
    path.write_bytes(path.read_bytes()[:-3])


@pytest.mark.parametrize("damage", [_flip_byte, _cut, os.remove])
@pytest.mark.parametrize("name", ["images.npy", "labels.npy", "entry.json"])
def test_a_corrupt_entry_is_reported_and_replaced(
    cache, origin, caplog, name, damage, request
):
    entry = _store(cache, origin)
    if (name, damage) == ("entry.json", _flip_byte):
        (entry.path / name).write_text('{"key": 1}')
    else:
        damage(entry.path / name)
    with caplog.at_level("WARNING", logger="absl"):
        assert prepared.find(_KEY, cache) is None
    assert f"{entry.path} is corrupt" in caplog.text
    assert "prepared anew" in caplog.text
    _store(cache, origin)
    np.testing.assert_array_equal(prepared.find(_KEY, cache).images, _IMAGES)
    assert [path.name for path in cache.iterdir()] == [entry.path.name]


def test_a_changed_byte_of_the_description_changes_no_array(cache, origin, caplog):
    entry = _store(cache, origin)
    path = entry.path / "entry.json"
    found, corrupt = 0, 0
    for _, content in damaged(path.read_bytes(), masks=(0x01,)):
        path.write_bytes(content)
        entry = prepared.find(_KEY, cache)
        if entry is None:
            corrupt += 1
        else:
            np.testing.assert_array_equal(entry.images, _IMAGES)
            np.testing.assert_array_equal(entry.labels, _LABELS)
            found += 1
    assert corrupt > found > 0  # such as in the name of a class
    path.write_text("[]")
    assert prepared.find(_KEY, cache) is None


def test_a_changed_source_is_prepared_anew(cache, origin):
    _store(cache, origin)
    path = pathlib.Path(origin.path)
    path.write_text("as it is now")
    assert prepared.find(_KEY, cache) is None
    entry = _store(cache, prepared.origin(path), images=_IMAGES + 1)
    np.testing.assert_array_equal(entry.images, _IMAGES + 1)
    assert prepared.find(_KEY, cache) is not None


def test_a_source_that_is_gone_is_not_missed(cache, origin):
    _store(cache, origin)
    pathlib.Path(origin.path).unlink()
    assert prepared.find(_KEY, cache) is not None


def test_an_entry_that_is_replaced_stays_readable(cache, origin):
    first = _store(cache, origin)
    _store(cache, origin, images=_IMAGES + 1)
    np.testing.assert_array_equal(first.images, _IMAGES)
    np.testing.assert_array_equal(prepared.find(_KEY, cache).images, _IMAGES + 1)


def test_two_that_prepare_the_same_at_once(cache, origin):
    def batches():
        yield _IMAGES[:2], _LABELS[:2]
        _store(cache, origin)  # another process is faster
        yield _IMAGES[2:], _LABELS[2:]

    entry = prepared.store(_KEY, 5, ("cat", "dog"), batches(), origin, cache)
    np.testing.assert_array_equal(entry.images, _IMAGES)
    assert [path.name for path in cache.iterdir()] == [entry.path.name]


def test_another_comes_between_the_two_renames(cache, origin, monkeypatch):
    first = _store(cache, origin)
    rename = pathlib.Path.rename

    def slow_rename(path, target):
        rename(path, target)
        if path == first.path:  # moved aside: the other one writes its entry now
            monkeypatch.setattr(pathlib.Path, "rename", rename)
            _store(cache, origin)

    monkeypatch.setattr(pathlib.Path, "rename", slow_rename)
    entry = _store(cache, origin)
    np.testing.assert_array_equal(entry.images, _IMAGES)
    assert [path.name for path in cache.iterdir()] == [entry.path.name]


def test_where_nothing_can_be_written(tmp_path, origin):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(OSError, match="file"):
        _store(tmp_path / "file", origin)


def test_where_entries_are_kept(monkeypatch):
    for name in ("LEARNED_UPDATE_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    home = pathlib.Path.home()
    assert prepared.cache_folder() == home / ".cache" / "learned_update"
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert prepared.cache_folder() == pathlib.Path("/caches/learned_update")
    monkeypatch.setenv("LEARNED_UPDATE_CACHE", "~/prepared")
    assert prepared.cache_folder() == home / "prepared"
    assert prepared.cache_folder("/given") == pathlib.Path("/given")
    assert prepared.cache_folder("given") == pathlib.Path.cwd() / "given"
