"""What is kept apart for meta-training, meta-validation and meta-test."""

import itertools

import numpy as np
import pytest

from learned_update.data import HELD_OUT_SCRIPTS, META_TRAIN_SCRIPTS, Dataset, glyphs
from learned_update.data.catalogue.dataset_names import dataset_names
from learned_update.data.catalogue.partitions import (
    PARTS,
    check_disjoint,
    names_of_part,
    part_of,
    part_of_alphabets,
    part_of_labels,
)

_WORDNET = [f"n{number:08}" for number in range(0, 9000, 9)]  # 1,000 names


def _dataset(name, class_names):
    images = np.zeros((len(class_names), 1, 1, 1), "uint8")
    labels = np.arange(len(class_names), dtype="int32")
    return Dataset(name, images, labels, tuple(class_names))


def test_every_data_set_is_in_one_part():
    whole = {"imagenet", "omniglot"}  # these are divided
    listed = [name for part in PARTS for name in names_of_part(part)]
    assert len(listed) == len(set(listed))
    assert set(listed) == set(dataset_names()) - whole


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("cifar10", "meta_train"),
        ("mnist", "meta_test"),
        ("fashion_mnist", "meta_test"),
        ("imdb", "meta_test"),
        ("digits", "meta_test"),
        ("two_moons", "meta_test"),
        ("glyphs/latin", "meta_train"),
        ("glyphs/armenian", "meta_test"),
        ("glyphs/georgian", "meta_test"),
        ("glyphs/hebrew", "meta_test"),
        ("glyphs/lao", "meta_test"),
        ("glyphs/armenian_capital", "meta_validation"),
        ("glyphs/georgian_capital", "meta_validation"),
        ("glyphs/meta_validation", "meta_validation"),
        ("imagenet/meta_test", "meta_test"),
        ("omniglot/meta_train", "meta_train"),
        ("imagenet", None),
        ("kmnist", None),
    ],
)
def test_part_of_a_name(name, part):
    assert part_of(name) == part


def test_scripts_are_those_of_the_writing_systems():
    scripts = {
        part: {
            name.removeprefix("glyphs/")
            for name in names_of_part(part)
            if name.startswith("glyphs/")
        }
        for part in PARTS
    }
    assert scripts["meta_train"] == set(META_TRAIN_SCRIPTS)
    held_out = scripts["meta_validation"] | scripts["meta_test"]
    assert held_out == set(HELD_OUT_SCRIPTS)


def test_an_unknown_part():
    message = (
        "There is no part 'test'. Expected: one of meta_train, meta_validation, "
        "meta_test. Received: part='test'."
    )
    with pytest.raises(ValueError, match=message):
        names_of_part("test")


def test_labels_are_divided_64_16_20():
    parts = [part_of_labels(_WORDNET, part) for part in PARTS]
    assert [len(part) for part in parts] == [640, 160, 200]
    assert sorted(np.concatenate(parts)) == list(range(1000))
    assert all((np.diff(part) > 0).all() for part in parts)
    halves = [np.mean(part < 500) for part in parts]
    np.testing.assert_allclose(halves, 0.5, atol=0.1)  # drawn, not cut


def test_labels_are_divided_by_name_whatever_their_order():
    order = np.random.default_rng(3).permutation(1000)
    shuffled = [_WORDNET[index] for index in order]
    for part in PARTS:
        names = {_WORDNET[index] for index in part_of_labels(_WORDNET, part)}
        again = {shuffled[index] for index in part_of_labels(shuffled, part)}
        assert names == again


def test_the_division_stays_as_it_is():
    first = [part_of_labels(_WORDNET, part)[:5].tolist() for part in PARTS]
    assert first == [[0, 1, 2, 3, 5], [4, 11, 19, 25, 33], [6, 17, 21, 23, 24]]


def test_alphabets_of_the_test_split_are_even_or_odd():
    alphabets = np.array([6, 1, 49, 6, 0, 7])
    assert part_of_alphabets(alphabets, "meta_train").all()
    validation = part_of_alphabets(alphabets, "meta_validation")
    test = part_of_alphabets(alphabets, "meta_test")
    assert validation.tolist() == [True, False, False, True, True, False]
    np.testing.assert_array_equal(test, ~validation)


def test_parts_of_glyphs_share_no_class():
    rendered = {
        part: [
            glyphs(name.removeprefix("glyphs/"), renderings=1, size=4)
            for name in names_of_part(part)
            if name.startswith("glyphs/")
        ]
        for part in PARTS
    }
    for first, second in itertools.combinations(PARTS, 2):
        check_disjoint(rendered[first], rendered[second])


def test_disjoint_lists():
    first = [_dataset("mnist", "012"), _dataset("glyphs/latin", "abc")]
    second = [_dataset("mnist", "345"), _dataset("digits", "012"), _dataset("x", ())]
    check_disjoint(first, second)
    check_disjoint(first, [])


@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [
        ("glyphs/latin", "glyphs/greek", "glyphs: b, glyphs: c"),
        ("imagenet/meta_train", "imagenet2012", "imagenet: b, imagenet: c"),
        ("imagenet_resized/8x8", "imagenet", "imagenet: b, imagenet: c"),
        ("imdb", "imdb_reviews", "imdb: b, imdb: c"),
        ("mnist:3.0.1", "MNIST", "mnist: b, mnist: c"),
    ],
)
def test_shared_classes_are_named(first, second, shared):
    message = (
        "should be disjoint have classes in common. Expected: no class in both lists. "
        f"Received: {shared}. Take them from different parts"
    )
    with pytest.raises(ValueError, match=message):
        check_disjoint([_dataset(first, "abc")], [_dataset(second, "bcd")])


def test_many_shared_classes_are_counted():
    dataset = _dataset("x", [f"{number:02}" for number in range(13)])
    with pytest.raises(ValueError, match="x: 08, x: 09 and 3 more"):
        check_disjoint([dataset], [dataset])
