"""Folders of images."""

import os

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
    path.parent.mkdir(parents=True, exist_ok=True)
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
    assert dataset.files == (
        *("a/0.png", "a/1.png", "b/0.png", "b/1.png", "b/2.png"),
        "c 10/x.png",
    )


def test_files_and_classes_are_in_natural_order(folder):
    names = ["b10/1", "b2/10", "b2/9", "b2/x2", "b2/x010", "b2/x10"]
    for row, name in enumerate(names):
        save(folder / f"{name}.png", IMAGES[row])
    dataset = read_image_folder(folder)
    assert dataset.class_names == ("b2", "b10")
    assert dataset.files == (
        *("b2/9.png", "b2/10.png", "b2/x2.png", "b2/x010.png", "b2/x10.png"),
        "b10/1.png",
    )
    assert dataset.labels.tolist() == [0, 0, 0, 0, 0, 1]
    np.testing.assert_array_equal(dataset.images[..., 0], IMAGES[[2, 1, 3, 4, 5, 0]])


def test_images_at_any_depth_are_of_the_class_at_the_top(folder, caplog):
    names = ["a/0", "a/1/x/deep", "a/2", "b/y/z/one", "b/y/two"]
    for row, name in enumerate(names):
        save(folder / f"{name}.png", IMAGES[row])
    dataset = check_dataset(read_image_folder(folder))
    assert dataset.class_names == ("a", "b")
    assert dataset.labels.tolist() == [0, 0, 0, 1, 1]
    assert dataset.files == (
        *("a/0.png", "a/1/x/deep.png", "a/2.png"),
        *("b/y/two.png", "b/y/z/one.png"),
    )
    np.testing.assert_array_equal(dataset.images[..., 0], IMAGES[[0, 1, 2, 4, 3]])
    (said,) = caplog.messages
    assert said == (
        f"3 images of {folder} lie below the folders of their classes, such as "
        "a/1/x/deep.png, which is of class 'a'."
    )


def test_a_folder_that_leads_back_to_itself_is_read_once(folder, caplog):
    save_classes(folder)
    (folder / "b" / "again").symlink_to(folder, target_is_directory=True)
    assert len(read_image_folder(folder).images) == 6
    assert caplog.messages == [f"Left out of {folder}: links to a folder above 1."]


def test_links_are_followed(folder, tmp_path):
    save_classes(folder)
    save(tmp_path / "elsewhere" / "7.png", IMAGES[0])
    (folder / "a" / "7.png").symlink_to(tmp_path / "elsewhere" / "7.png")
    (folder / "d").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    dataset = read_image_folder(folder)
    assert dataset.class_names == ("a", "b", "c 10", "d")
    assert dataset.labels.tolist() == [0, 0, 0, 1, 1, 1, 2, 3]


def test_names_that_are_not_utf8_become_text(tmp_path):
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    for row, name in enumerate((b"th\xe9/\xff", b"x/y")):
        save(folder / f"{os.fsdecode(name)}.png", IMAGES[row])
    dataset = read_image_folder(folder)
    assert dataset.name == r"caf\xe9"
    assert dataset.class_names == (r"th\xe9", "x")
    assert dataset.files == (r"th\xe9/\xff.png", "x/y.png")


def test_what_is_left_out_is_counted_in_one_line(folder, caplog):
    save_classes(folder)
    for name in ("a/1.heic", "a/deep/2.HEIC", "b/notes.txt", "README", "b/.hidden"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("no image")
    (folder / "b" / "gone.png").symlink_to(folder / "nowhere.png")
    (folder / "c 10" / "gone").symlink_to(folder / "nowhere")
    (folder / "empty").mkdir()
    os.mkfifo(folder / "b" / "pipe.png")
    assert len(read_image_folder(folder).images) == 6
    assert caplog.messages == [
        f"Left out of {folder}: .heic 2, broken links 2, .txt 1, special files 1, "
        "without suffix 1; sub-folders without images: empty."
    ]


def test_files_without_suffix_are_read_by_their_content(folder, caplog):
    save(folder / "a" / "0.png", IMAGES[0])
    (folder / "a" / "0.png").rename(folder / "a" / "0")
    save(folder / "b" / "1.bmp", IMAGES[1])
    dataset = read_image_folder(folder)
    assert dataset.files == ("a/0", "b/1.bmp")
    np.testing.assert_array_equal(dataset.images[..., 0], IMAGES[:2])
    assert not caplog.messages


@pytest.mark.parametrize(
    "suffix",
    ["jfif", "jpe", "jp2", "avif", "dib", "tga", "pnm", "ico", "pcx", "TIFF", "apng"],
)
def test_formats_of_pillow_are_read(folder, suffix, caplog):
    grey = np.full((16, 16), 100, "uint8")
    for name in "ab":
        save(folder / name / f"x.{suffix}", grey)
    dataset = read_image_folder(folder, channels=1)
    assert dataset.files == (f"a/x.{suffix}", f"b/x.{suffix}")
    np.testing.assert_allclose(dataset.images[..., 0], [grey, grey], atol=3)
    assert not caplog.messages


def test_a_plugin_of_pillow_adds_its_suffix(folder, monkeypatch):
    save(folder / "0.png", IMAGES[0])
    (folder / "0.png").rename(folder / "0.heic")
    Image.init()
    monkeypatch.setattr(Image, "EXTENSION", {**Image.EXTENSION, ".heic": "PNG"})
    images = read_image_folder(folder).images
    np.testing.assert_array_equal(images[0, ..., 0], IMAGES[0])


def save_parts(folder):
    for row, name in enumerate(["train/b/1", "train/a/1", "train/a/2"]):
        save(folder / f"{name}.png", IMAGES[row])
    for row, name in enumerate(["test/a/1", "test/b/1"], start=3):
        save(folder / f"{name}.png", IMAGES[row])


@pytest.mark.parametrize(
    ("split", "labels", "rows", "files"),
    [
        ("train", [0, 0, 1], [1, 2, 0], ("a/1.png", "a/2.png", "b/1.png")),
        ("test", [0, 1], [3, 4], ("a/1.png", "b/1.png")),
    ],
)
def test_parts_are_named(folder, split, labels, rows, files):
    save_parts(folder)
    dataset = check_dataset(read_image_folder(folder, split=split))
    assert dataset.name == "my.pictures"
    assert dataset.class_names == ("a", "b")
    assert dataset.labels.tolist() == labels
    assert dataset.files == tuple(f"{split}/{file}" for file in files)
    np.testing.assert_array_equal(dataset.images[..., 0], IMAGES[rows])


def test_parts_without_classes(folder):
    save(folder / "train" / "x.png", IMAGES[0])
    save(folder / "val" / "y.png", IMAGES[1])
    dataset = read_image_folder(folder, split="val")
    assert dataset.labels is None
    assert dataset.files == ("val/y.png",)


def test_a_class_may_be_called_like_a_part_among_others(folder):
    for row, name in enumerate(["cat", "test"]):
        save(folder / name / "x.png", IMAGES[row])
    assert read_image_folder(folder).class_names == ("cat", "test")


def test_images_without_sub_folders_have_no_labels(folder):
    for row, suffix in enumerate(["PNG", "bmp", "gif"]):
        save(folder / f"{2 - row}.{suffix}", IMAGES[row])
    dataset = check_dataset(read_image_folder(str(folder)))
    assert dataset.labels is None
    assert dataset.class_names == ()
    assert dataset.files == ("0.gif", "1.bmp", "2.PNG")
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
    said = f"Left out of {folder}: sub-folders without images: aa."
    assert caplog.messages == [said]


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


def test_a_class_without_a_readable_image_is_no_class(folder, caplog):
    save_classes(folder)
    (folder / "a" / "0.png").write_text("rubbish")
    (folder / "a" / "1.png").write_text("rubbish")
    dataset = check_dataset(read_image_folder(folder, on_error="skip"))
    assert dataset.class_names == ("b", "c 10")
    assert dataset.labels.tolist() == [0, 0, 0, 1]
    assert dataset.files == ("b/0.png", "b/1.png", "b/2.png", "c 10/x.png")
    np.testing.assert_array_equal(dataset.images[..., 0], IMAGES[[5, 2, 0, 3]])
    said = f"No image can be read, so they are no classes of {folder}: a."
    assert caplog.messages[1:] == [said]


def make_one_readable_class(folder):
    save(folder / "a" / "0.png", IMAGES[0])
    for name in ("b", "c"):
        (folder / name).mkdir()
        (folder / name / "0.png").write_text("rubbish")


def make_only_other_files(folder):
    (folder / "a").mkdir()
    (folder / "a" / "x.heic").write_text("rubbish")


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
            "is no folder of images. Expected: either images .* or a sub-folder of "
            "images per class. Received: no image; the folder is empty. Convert",
        ),
        (
            make_only_other_files,
            {},
            "Received: no image; .heic 1; sub-folders without images: a. Convert",
        ),
        (
            make_nested,
            {},
            "holds parts of a data set, not classes. Expected: a split, one of train. "
            r"Received: none. Name one: split='train' \(--split train\)",
        ),
        (
            save_parts,
            {},
            "Expected: a split, one of test, train. Received: none",
        ),
        (
            save_parts,
            {"split": "dev"},
            "my.pictures has no part 'dev'. Expected: one of its sub-folders test, "
            "train. Received: split='dev'. Leave the split out",
        ),
        (
            make_rubbish,
            {"split": "../my.pictures"},
            "Expected: no split, since it has no sub-folders",
        ),
        (
            make_one_readable_class,
            {"on_error": "skip"},
            "has fewer than two classes with an image that can be read. Expected: at "
            "least 2. Received: only a; no image of b, c",
        ),
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
        "other files",
        "nested",
        "parts",
        "no such part",
        "no parts",
        "one readable class",
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
