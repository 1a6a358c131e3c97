"""What is known of data sets before they are opened."""

import pytest

from learned_update.data.catalogue.tfds_catalogue import (
    IMAGES,
    TEXTS,
    TFDS_NAMES,
    known,
)


@pytest.mark.parametrize(
    ("name", "source", "size", "channels"),
    [
        ("mnist", "mnist:3.0.1", 28, 1),
        ("fashion_mnist", "fashion_mnist:3.0.1", 28, 1),
        ("cifar10", "cifar10:3.0.2", 32, 3),
        ("omniglot", "omniglot:3.0.0", 28, 1),
        ("imagenet", "imagenet_resized/16x16:0.1.0", 16, 3),
    ],
)
def test_images(name, source, size, channels):
    found = known(name)
    assert found.kind == IMAGES
    assert (found.source, found.size, found.channels) == (source, size, channels)
    assert (found.split, found.splits, found.part) == ("train", True, None)
    changed = known(name, size=17, channels=4 - channels)
    assert (changed.size, changed.channels) == (17, 4 - channels)


def test_texts():
    found = known("imdb")
    assert (found.source, found.kind) == ("imdb_reviews/plain_text:1.0.0", TEXTS)


@pytest.mark.parametrize("name", ["imagenet", "imagenet/meta_train"])
@pytest.mark.parametrize(
    ("size", "channels", "source"),
    [
        (8, None, "imagenet_resized/8x8:0.1.0"),
        (16, 3, "imagenet_resized/16x16:0.1.0"),
        (32, None, "imagenet_resized/32x32:0.1.0"),
        (64, None, "imagenet2012:5.1.0"),
        (14, None, "imagenet2012:5.1.0"),
        (16, 1, "imagenet2012:5.1.0"),  # grey is made of the original
    ],
)
def test_imagenet_is_read_resized_if_it_can_be(name, size, channels, source):
    assert known(name, size, channels).source == source


def test_parts():
    parts = {name for name in TFDS_NAMES if "/" in name}
    assert parts == {
        f"{name}/{part}"
        for name in ("imagenet", "omniglot")
        for part in ("meta_train", "meta_validation", "meta_test")
    }
    assert known("imagenet/meta_test").part == "meta_test"
    assert known("imagenet/meta_test").splits
    splits = [known(f"omniglot/meta_{part}").split for part in ("train", "test")]
    assert splits == ["train", "test"]
    assert not known("omniglot/meta_validation").splits


def test_any_other_name_is_its_own_source():
    found = known("emnist/letters", size=9)
    assert (found.source, found.kind, found.size) == ("emnist/letters", None, 9)
