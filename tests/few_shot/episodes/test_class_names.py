"""Classes divided by files of names, and Omniglot's two forms of them."""

import numpy as np
import pytest
from PIL import Image

from learned_update.data import Dataset
from learned_update.few_shot.episodes import named
from learned_update.few_shot.episodes import omniglot as module
from learned_update.few_shot.episodes.class_names import (
    PUBLISHED,
    divide_as_published,
    divide_by_names,
    read_names,
    shipped_list,
)
from learned_update.few_shot.episodes.named import divided
from learned_update.few_shot.episodes.omniglot import inverted, joined, omniglot_file

NAMES = ("Greek/character01", "Greek/character02", "Latin/character01")
TFDS = ("Syriac_(Serto)_0", "Greek_41", "Greek_42")


def dataset(names):
    images = np.arange(4 * len(names), dtype="uint8").reshape(-1, 2, 2, 1)
    return Dataset("o", images, np.arange(len(names), dtype="int32"), names)


def names_of(parts):
    return [part.class_names for part in parts]


def test_alphabets_and_characters_in_both_forms_of_names():
    found = divide_by_names(dataset(NAMES), ["Greek/character02", "Latin"])
    assert names_of(found) == [NAMES[:1], NAMES[1:]]
    found = divide_by_names(dataset(TFDS), ["Greek/character42", "Syriac_(Serto)"])
    assert names_of(found) == [TFDS[2:], TFDS[:2]]
    assert found[1].images[0, 0, 0, 0] == 0  # examples stay with their class


def test_names_of_no_class_and_of_all_are_errors():
    with pytest.raises(ValueError, match=r"no class called Cyrillic\. Give the file"):
        divide_by_names(dataset(NAMES), ["Greek", "Cyrillic"])
    with pytest.raises(ValueError, match="Received: the names of all"):
        divide_by_names(dataset(NAMES), ["Greek", "Latin"])


def test_files_of_names(tmp_path):
    path = tmp_path / "names.txt"
    path.write_text("# comment\nGreek  # all\n\nLatin/character01\n")
    assert read_names(path) == ["Greek", "Latin/character01"]
    path.write_text("# nothing\n")
    with pytest.raises(ValueError, match="names no class"):
        read_names(path)
    vinyals = read_names(shipped_list("omniglot_vinyals_test"))
    assert len(vinyals) == 16
    assert sum("/" in name for name in vinyals) == 4


def archive(path, **arrays):
    images = np.zeros((6, 28, 28), "uint8")
    images[np.arange(6), np.arange(6)] = 255
    given = {
        "x28": images,
        "char": np.array([0, 0, 1, 1, 2, 2], "uint16"),
        "char_names": np.array(
            [f"{name}/character01" for name in ("Greek", "Sanskrit", "Tagalog")]
        ),
    }
    np.savez(path, **{**given, **arrays})
    return path


def test_a_part_of_omniglot_in_a_file(tmp_path):
    path = archive(tmp_path / "part.npz")
    train, test = omniglot_file(path)
    assert train.class_names == ("Greek/character01",)
    assert test.class_names == ("Sanskrit/character01", "Tagalog/character01")
    assert test.images.shape == (4, 28, 28, 1)
    np.testing.assert_array_equal(test.labels, [0, 0, 1, 1])
    names = tmp_path / "names.txt"
    names.write_text("Greek\n")
    (train,), (test,) = divided(str(path), names=names)
    assert test.class_names == ("Greek/character01",)
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(ValueError, match="holds no part of Omniglot"):
        omniglot_file(path)


def test_ink_is_bright_and_parts_are_joined():
    first, second = dataset(NAMES), dataset(TFDS)
    assert inverted(first).images[0, 0, 0, 0] == 255
    both = joined("both", [first, second])
    assert both.class_names == NAMES + TFDS
    np.testing.assert_array_equal(both.labels, np.arange(6))


def test_data_without_a_division_ask_for_names():
    with pytest.raises(
        ValueError, match=r"'digits' are meta-tested on is not said.*--cl"
    ):
        divided("digits", 8)


def test_splits_of_the_whole(monkeypatch, tmp_path):
    parts = {"train": dataset(NAMES), "test": dataset(TFDS)}
    monkeypatch.setattr(
        module,
        "load",
        lambda name, size, channels, split: parts[split]._replace(name=name),
    )
    (train,), (test,) = divided("omniglot")
    assert (train.class_names, test.class_names) == (NAMES, TFDS)
    assert train.images[0, 0, 0, 0] == 255  # ink is bright
    names = tmp_path / "names.txt"
    names.write_text("Greek\n")
    (train,), (test,) = divided("omniglot", names=names)
    assert train.class_names == ("Latin/character01", "Syriac_(Serto)_0")
    assert test.class_names == (*NAMES[:2], *TFDS[1:])


def published_names(division, others):
    stem = division.replace("-", "_")
    parts = [read_names(shipped_list(f"{stem}_{part}")) for part in PARTS]
    return *parts, tuple(f"other {number}" for number in range(others))


PARTS = ("test", "validation")


@pytest.mark.parametrize("division", PUBLISHED)
def test_published_divisions_leave_validation_out(division):
    test, validation, train = published_names(division, 64)
    assert (len(test), len(validation)) == (20, 16)
    assert not set(test) & set(validation)
    found = divide_as_published(dataset((*validation, *train, *test)), division)
    assert names_of(found) == [train, tuple(test)]
    with pytest.raises(ValueError, match=f"no class called {test[0]}"):
        divide_as_published(dataset((*train, *validation, *test[1:])), division)


def test_cifar_fs_is_of_all_of_cifar_100(monkeypatch):
    test, validation, train = published_names("cifar-fs", 1)
    given = []

    def load(name, **options):
        given.append((name, options))
        return dataset((*train, *validation, *test))

    monkeypatch.setattr(named, "load", load)
    (trained,), (tested,) = divided("cifar-fs", 32, channels=3)
    assert given == [("cifar100", {"size": 32, "channels": 3, "split": "all"})]
    assert (trained.class_names, tested.class_names) == (train, tuple(test))


def test_mini_imagenet_in_a_folder_of_the_user(tmp_path):
    test, validation, train = published_names("mini-imagenet", 2)
    for number, name in enumerate((*train, *validation, *test)):
        (tmp_path / name).mkdir()
        pixels = np.full((6, 5, 3), number, "uint8")
        Image.fromarray(pixels).save(tmp_path / name / "0.png")
    (trained,), (tested,) = divided(str(tmp_path), 4, "mini-imagenet", channels=3)
    assert (trained.class_names, tested.class_names) == (train, tuple(test))
    assert tested.images.shape == (20, 4, 4, 3)
    np.testing.assert_array_equal(tested.images[:, 0, 0, 0], np.arange(18, 38))
