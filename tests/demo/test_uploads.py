"""Dropped files: which are kept, and what is read of them."""

import logging
import os
import pathlib
import pickle
import threading
import warnings

import numpy as np
import pytest

from learned_update.demo.uploads import reading
from learned_update.demo.uploads.kept_files import IMAGES, OTHER, TABLE, keep
from learned_update.demo.uploads.limits import Limits
from learned_update.demo.uploads.notes import collected, listening
from learned_update.demo.uploads.reading import label_column, read
from tests.demo.zips import digits_zip, png

LIMITS = Limits(megabytes=1)
TABLE_TEXT = "length,width,species\n1.5,2,iris\n2.5,1,rose\n0.5,4,rose\n"


@pytest.fixture
def visit(tmp_path):
    folder = tmp_path / "visit"
    folder.mkdir()
    return folder


def _images(folder, shapes):
    folder.mkdir(exist_ok=True)
    paths = []
    for number, shape in enumerate(shapes):
        pixels = np.full(shape, 40 * number, "uint8")
        paths.append(folder / f"{number}.png")
        paths[-1].write_bytes(png(pixels))
    return paths


def _write(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text)
    return path


def test_a_zip_of_folders_has_their_classes(tmp_path, visit):
    kept = keep([digits_zip(tmp_path / "mine.zip", each=4)], visit, LIMITS)
    assert (kept.kind, kept.title) == (IMAGES, "mine.zip")
    found = read(kept)
    assert found.dataset.images.shape == (12, 8, 8, 1)
    assert found.dataset.class_names == ("0", "1", "2")
    assert list(found.dataset.labels) == [0] * 4 + [1] * 4 + [2] * 4
    assert (found.notes, found.arguments) == ((), ())


def test_images_of_the_same_name_are_all_kept(tmp_path, visit):
    paths = _images(tmp_path / "a", [(8, 8)] * 3) + _images(tmp_path / "b", [(8, 8)])
    kept = keep(paths, visit, LIMITS)
    assert kept.title == "4 files"
    assert read(kept).dataset.images.shape == (4, 8, 8, 1)
    assert all(path.is_file() for path in paths)


def test_sizes_that_differ_are_made_one(tmp_path, visit):
    kept = keep(_images(tmp_path / "a", [(8, 8), (9, 8)]), visit, LIMITS)
    found = read(kept)
    assert found.dataset.images.shape == (2, 28, 28, 1)
    assert found.notes == ("The images are made 28 x 28 pixels.",)
    assert found.arguments == (("size", 28),)
    assert read(kept, side=14).dataset.images.shape == (2, 14, 14, 1)


def test_an_image_of_too_many_pixels_is_refused_unread(tmp_path, visit, monkeypatch):
    kept = keep(_images(tmp_path / "a", [(8, 8), (20, 20)]), visit, LIMITS)
    monkeypatch.setattr(reading, "MOST_PIXELS", 399)
    with pytest.raises(ValueError, match="1.png is too large.*Received: 20 x 20 pix"):
        read(kept)


def test_the_column_of_words_is_proposed_as_labels(tmp_path, visit):
    kept = keep([_write(tmp_path, "flowers.csv", TABLE_TEXT)], visit, LIMITS)
    assert kept.kind == TABLE
    columns, label = label_column(kept)
    assert [column.name for column in columns] == ["length", "width", "species"]
    assert label == 2
    dataset = read(kept, label).dataset
    assert dataset.class_names == ("iris", "rose")
    np.testing.assert_array_equal(
        dataset.images[:, 0, :, 0], [[1.5, 2], [2.5, 1], [0.5, 4]]
    )


def test_a_mistake_in_a_table_is_named_by_line_and_column(tmp_path, visit):
    text = TABLE_TEXT.replace("2.5,1,rose", "2.5,l,rose")
    kept = keep([_write(tmp_path, "flowers.csv", text)], visit, LIMITS)
    _, label = label_column(kept)
    assert label == 2
    with pytest.raises(ValueError, match="Received: 'l' in row 3, column 2"):
        read(kept, label)


def test_two_columns_of_words_are_left_to_the_visitor(tmp_path, visit):
    text = "a,b,c\n1,x,y\n2,y,x\n"
    kept = keep([_write(tmp_path, "two.csv", text)], visit, LIMITS)
    columns, label = label_column(kept)
    assert [column.words for column in columns] == [False, True, True]
    assert label is None


def test_a_single_row_is_refused(tmp_path, visit):
    kept = keep([_write(tmp_path, "one.csv", "a,b\n1,2\n")], visit, LIMITS)
    with pytest.raises(ValueError, match="nothing is learned"):
        read(kept)


def test_too_much_is_refused_with_the_limit(tmp_path, visit):
    paths = [tmp_path / f"{number}.png" for number in range(3)]
    for path in paths:
        path.write_bytes(bytes(500_000))
    with pytest.raises(ValueError, match=r"at most 1 MB in all\. Received: 1\.4 MB"):
        keep(paths, visit, LIMITS)
    assert not list(visit.iterdir())


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["rule.pkl"], "rule.pkl cannot be used. Expected: images, one zip"),
        (["a.png", "b.csv"], "b.csv cannot be used together with other files"),
        (["a.zip", "b.zip"], "a.zip cannot be used together with other files"),
    ],
)
def test_other_files_are_refused(tmp_path, visit, names, message):
    paths = [_write(tmp_path, name, "x") for name in names]
    with pytest.raises(ValueError, match=message):
        keep(paths, visit, LIMITS)


class _Code:
    """Makes a folder when it is unpickled."""

    def __reduce__(self):
        return os.mkdir, (self.folder,)


@pytest.mark.parametrize("name", ["evil.npy", "evil.npz"])
def test_no_code_of_a_file_runs(tmp_path, visit, name):
    code = _Code()
    code.folder = str(tmp_path / "ran")
    pickle.loads(pickle.dumps(code))
    assert pathlib.Path(code.folder).is_dir()
    os.rmdir(code.folder)
    array = np.array([code, code], object)
    path = tmp_path / name
    if name.endswith("npy"):
        np.save(path, array, allow_pickle=True)
    else:
        np.savez(path, X=array)
    kept = keep([path], visit, LIMITS)
    assert kept.kind == OTHER
    with pytest.raises(ValueError, match="without Python objects"):
        read(kept)
    assert not pathlib.Path(code.folder).exists()


def test_arrays_that_grow_over_the_limit_are_refused(tmp_path, visit):
    path = tmp_path / "bomb.npz"
    np.savez_compressed(path, X=np.zeros((1200, 1000), "float32"))
    assert path.stat().st_size < LIMITS.bytes / 10
    with pytest.raises(ValueError, match=r"at most 4\.0 MB\. Received: 4\.6 MB"):
        keep([path], visit, LIMITS)


def test_notes_go_to_the_thread_that_caused_them():
    found, other = [], []
    both = threading.Barrier(2)

    def work(name, texts):
        with collected() as notes:
            both.wait()
            warnings.warn(f"of {name}", UserWarning, stacklevel=1)
            logging.getLogger("absl").warning("logged by %s", name)
            both.wait()
        texts.extend(notes)

    with listening():
        thread = threading.Thread(target=work, args=("the other", other))
        thread.start()
        work("this", found)
        thread.join()
    assert found == ["of this", "logged by this"]
    assert other == ["of the other", "logged by the other"]
