"""Folders of images."""

import numpy as np
import pytest
from PIL import Image

from learned_update.data import check_dataset
from learned_update.data.preparation.resizing import resize
from learned_update.data.sources.own.image_folder import read_image_folder

IMAGES = np.random.default_rng(0).integers(0, 256, (6, 5, 4)).astype("uint8")


@pytest.fixture
def folder(tmp_path):
    """An empty folder of a known name."""
    path = tmp_path / "my.pictures"
    path.mkdir()
    return path


def save(path, pixels):
    path.parent.mkdir(exist_ok=True)
    Image.fromarray(pixels).save(path)


def save_classes(folder):
    for row, name in enumerate(["b/2", "a/1", "b/1", "c 10/x", "a/0", "b/0"]):
        save(folder / f"{name}.png", IMAGES[row])


def test_sub_folders_are_classes(folder):
    save_classes(folder)
    dataset = check_dataset(read_image_folder(folder))
    assert dataset.name == "my.pictures"
    assert dataset.class_names == ("a", "b", "c 10")
    assert dataset.labels.tolist() == [0, 0, 1, 1, 1, 2]
    np.testing.assert_array_equal(dataset.images[..., 0], IMAGES[[4, 1, 5, 2, 0, 3]])


def test_images_without_sub_folders_have_no_labels(folder):
    for row, suffix in enumerate(["PNG", "bmp", "gif"]):
        save(folder / f"{2 - row}.{suffix}", IMAGES[row])
    dataset = check_dataset(read_image_folder(str(folder)))
    assert dataset.labels is None
    assert dataset.class_names == ()
    assert dataset.images.shape == (3, 5, 4, 1)
    np.testing.assert_array_equal(dataset.images[..., 0], IMAGES[[2, 1, 0]])


def test_hidden_and_other_files_are_passed_over(folder):
    save_classes(folder)
    for name in (".x.png", "a/.x.png", "notes.txt", "b/notes.txt"):
        (folder / name).write_text("no image")
    save(folder / ".hidden" / "x.png", IMAGES[0])
    assert read_image_folder(folder).labels.tolist() == [0, 0, 1, 1, 1, 2]


def test_sub_folders_without_images_are_named(folder, caplog):
    save_classes(folder)
    (folder / "aa").mkdir()
    assert read_image_folder(folder).class_names == ("a", "b", "c 10")
    assert caplog.messages == [f"No images in sub-folders of {folder}: aa"]


@pytest.mark.parametrize("channels", [None, 1, 3])
def test_images_of_many_sizes_are_resized(folder, channels):
    first, second = IMAGES[0], np.repeat(IMAGES[1], 3, axis=1)
    save(folder / "0.png", first)
    save(folder / "1.png", second)
    images = read_image_folder(folder, size=4, channels=channels).images
    assert images.shape == (2, 4, 4, channels or 1)
    np.testing.assert_array_equal(images[0], resize(first, 4, channels))
    np.testing.assert_array_equal(images[1], resize(second, 4, channels))


def test_grey_images_among_coloured_ones_become_coloured(folder):
    colour = np.stack([IMAGES[1], IMAGES[2], IMAGES[3]], axis=-1)
    save(folder / "0.png", IMAGES[0])
    save(folder / "1.png", colour)
    images = read_image_folder(folder).images
    np.testing.assert_array_equal(images[0], np.repeat(IMAGES[0][..., None], 3, axis=2))
    np.testing.assert_array_equal(images[1], colour)
    grey = read_image_folder(folder, channels=1).images
    np.testing.assert_array_equal(grey[0, ..., 0], IMAGES[0])
    np.testing.assert_array_equal(grey[1], resize(colour, channels=1))


def test_images_of_many_sizes_need_a_size(folder):
    save(folder / "a" / "0.png", IMAGES[0])
    save(folder / "a" / "1.png", IMAGES[1])
    save(folder / "b" / "0.png", IMAGES[2, :3])
    message = (
        "Images differ in size. Expected: images of one width x height, or a size .*"
        "Received: .*a/0.png is 4 x 5, .*b/0.png is 4 x 3. Give a size, such as size=28"
    )
    for on_error in ("raise", "skip"):
        with pytest.raises(ValueError, match=message):
            read_image_folder(folder, on_error=on_error)


def test_unreadable_images_are_named(folder):
    save_classes(folder)
    (folder / "b" / "00.png").write_text("rubbish")
    message = "b/00.png cannot be read.*Received: UnidentifiedImageError.*'skip'"
    with pytest.raises(ValueError, match=message):
        read_image_folder(folder)


def test_unreadable_images_are_skipped_if_asked(folder, caplog):
    save_classes(folder)
    (folder / "a" / "2.jpg").write_text("rubbish")
    (folder / "b" / "00.png").write_text("rubbish")
    dataset = check_dataset(read_image_folder(folder, on_error="skip"))
    assert dataset.labels.tolist() == [0, 0, 1, 1, 1, 2]
    np.testing.assert_array_equal(dataset.images[..., 0], IMAGES[[4, 1, 5, 2, 0, 3]])
    (said,) = caplog.messages
    assert said.startswith("Skipped 2 of 8 images that cannot be read: ")
    assert str(folder / "a" / "2.jpg") in said
    assert str(folder / "b" / "00.png") in said


def make_nothing(folder):
    pass


def make_both(folder):
    save_classes(folder)
    save(folder / "x.png", IMAGES[0])


def make_nested(folder):
    (folder / "train").mkdir()
    save_classes(folder / "train")


def make_one_class(folder):
    save(folder / "a" / "0.png", IMAGES[0])


def make_rubbish(folder):
    (folder / "0.png").write_text("rubbish")


@pytest.mark.parametrize(
    ("make", "arguments", "message"),
    [
        (
            make_nothing,
            {},
            r"is no folder of images. Expected: either images \(.png .*\), or a "
            "sub-folder of images per class. Received: no image, neither in it nor in "
            "0 sub-folders",
        ),
        (make_nested, {}, "Received: no image, neither in it nor in 1 sub-folders"),
        (make_both, {}, "Received: both, such as x.png and a/. Move the images"),
        (
            make_one_class,
            {},
            "has fewer than two classes. Expected: at least 2 sub-folders of images. "
            "Received: only a/. Name that sub-folder itself",
        ),
        (
            make_rubbish,
            {"on_error": "skip"},
            "None of the images of 'my.pictures' can be read.*Received: 1 that it "
            "cannot, such as .*0.png",
        ),
        (
            make_rubbish,
            {"on_error": "ignore"},
            "Expected: one of raise, skip. Received: on_error='ignore'. Give 'skip'",
        ),
        (make_rubbish, {"on_error": "skip", "size": 0}, "Received: size=0"),
        (make_rubbish, {"on_error": "skip", "channels": 2}, "Received: channels=2"),
    ],
    ids=[
        "nothing",
        "nested",
        "both",
        "one class",
        "rubbish",
        "on_error",
        "size",
        "channels",
    ],
)
def test_what_is_no_folder_of_images(folder, make, arguments, message):
    make(folder)
    with pytest.raises(ValueError, match=message):
        read_image_folder(folder, **arguments)


def test_no_folder(folder):
    message = "There is no folder '.*missing'. Expected: a folder of images"
    with pytest.raises(FileNotFoundError, match=message):
        read_image_folder(folder / "missing")
