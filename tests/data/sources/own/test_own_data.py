"""Data of users: files, folders, arrays and texts."""

import numpy as np
import pytest
from PIL import Image

from learned_update.data import check_dataset, flatten
from learned_update.data.preparation.bag_of_words import bag_of_words
from learned_update.data.preparation.resizing import resize_all
from learned_update.data.sources.own.own_data import from_arrays, from_path, from_texts

IMAGES = np.random.default_rng(0).integers(0, 256, (4, 6, 6, 3)).astype("uint8")
ROWS = np.random.default_rng(1).normal(size=(4, 3)).astype("float32")
TEXTS = ["a cat and a dog", "a dog", "the cat"]


def save_table(path):
    labels = "xyxy"
    rows = [
        f"{p!r},{q!r},{r!r},{kind}"
        for (p, q, r), kind in zip(ROWS.tolist(), labels, strict=True)
    ]
    path.write_text("\n".join(["p,q,r,kind", *rows]))


def test_arrays(tmp_path):
    np.save(tmp_path / "mine.npy", ROWS.astype("float64"))
    dataset = check_dataset(from_path(tmp_path / "mine.npy"))
    assert dataset.name == "mine"
    assert dataset.labels is None
    np.testing.assert_array_equal(flatten(dataset), ROWS)


@pytest.mark.parametrize("labels", [["x", "y", "y", "x"], [5, 6, 6, 5]])
def test_arrays_and_labels(tmp_path, labels):
    np.savez(tmp_path / "mine.v1.NPZ.npz", X=IMAGES, y=labels)
    dataset = check_dataset(from_path(str(tmp_path / "mine.v1.NPZ.npz")))
    assert dataset.name == "mine.v1.NPZ"
    assert dataset.labels.tolist() == [0, 1, 1, 0]
    assert dataset.class_names == (str(labels[0]), str(labels[1]))
    np.testing.assert_array_equal(dataset.images, IMAGES)


def test_arrays_of_images_are_resized(tmp_path):
    np.savez(tmp_path / "mine.npz", images=IMAGES, labels=[0, 1, 0, 1])
    dataset = check_dataset(from_path(tmp_path / "mine.npz", size=4, channels=1))
    np.testing.assert_array_equal(dataset.images, resize_all(IMAGES, 4, 1))
    assert dataset.labels.tolist() == [0, 1, 0, 1]


def test_tables(tmp_path):
    save_table(tmp_path / "mine.CSV")
    dataset = check_dataset(from_path(tmp_path / "mine.CSV", label="kind"))
    assert dataset.name == "mine"
    assert dataset.images.shape == (4, 1, 3, 1)
    np.testing.assert_array_equal(flatten(dataset), ROWS)
    assert dataset.labels.tolist() == [0, 1, 0, 1]
    assert dataset.class_names == ("x", "y")


def test_tables_without_labels(tmp_path):
    (tmp_path / "mine.tsv").write_text("1\t2\n3\t4\n")
    dataset = check_dataset(from_path(tmp_path / "mine.tsv"))
    assert dataset.labels is None
    np.testing.assert_array_equal(flatten(dataset), [[1, 2], [3, 4]])


def test_tables_in_other_dialects(tmp_path):
    (tmp_path / "mine.csv").write_text("0;größe;1\n1,5;x;2\n3;y;4\n", "latin-1")
    with pytest.warns(
        UserWarning, match="mine.csv: cells are taken as separated by ';'"
    ):
        guessed = from_path(tmp_path / "mine.csv", label=1)
    told = from_path(
        tmp_path / "mine.csv",
        label=1,
        header=True,
        separator=";",
        decimal=",",
        encoding="latin-1",
    )
    for dataset in (guessed, told):
        np.testing.assert_array_equal(flatten(dataset), [[1.5, 2], [3, 4]])
        assert dataset.class_names == ("x", "y")


def test_tables_whose_numbers_float32_cannot_hold(tmp_path):
    rows = "".join(f"{202401010000 + i},{i}.0\n" for i in range(10))
    (tmp_path / "mine.csv").write_text("time,b\n" + rows)
    with pytest.warns(
        UserWarning, match=r"'mine': column 0 \('time'\), counted from 0"
    ):
        dataset = from_path(tmp_path / "mine.csv")
    expected = np.stack([np.arange(10) - 4.5, np.arange(10)], axis=1)
    np.testing.assert_array_equal(flatten(dataset), expected)


def test_tables_of_pixels(tmp_path):
    (tmp_path / "mine.csv").write_text("a,b\n0,255\n51,102\n")
    dataset = from_path(tmp_path / "mine.csv", pixels=True)
    assert dataset.images.dtype == np.uint8
    np.testing.assert_allclose(flatten(dataset), [[0, 1], [0.2, 0.4]], rtol=1e-6)


def test_arrays_of_images_with_channels_first(tmp_path):
    np.save(tmp_path / "mine.npy", np.moveaxis(IMAGES, -1, 1).astype("int64"))
    dataset = from_path(tmp_path / "mine.npy", channels_first=True, pixels=True)
    np.testing.assert_array_equal(dataset.images, IMAGES)


def test_texts_in_other_encodings(tmp_path):
    (tmp_path / "mine.txt").write_text("thé\ncafé\n", "latin-1")
    dataset = from_path(tmp_path / "mine.txt", encoding="latin-1")
    np.testing.assert_array_equal(flatten(dataset), [[0, 1], [1, 0]])


def test_text_files(tmp_path):
    (tmp_path / "mine.txt").write_text("\n".join(TEXTS))
    dataset = check_dataset(from_path(tmp_path / "mine.txt", words=2, counts=True))
    assert dataset.name == "mine"
    np.testing.assert_array_equal(flatten(dataset), [[2, 1], [1, 0], [0, 1]])


def test_folders(tmp_path, monkeypatch):
    for row, image in enumerate(IMAGES):
        (tmp_path / "mine" / "xy"[row % 2]).mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(tmp_path / "mine" / "xy"[row % 2] / f"{row}.png")
    (tmp_path / "mine" / "x" / "1.png").write_text("rubbish")
    monkeypatch.setenv("HOME", str(tmp_path))
    dataset = check_dataset(from_path("~/mine", size=3, channels=1, on_error="skip"))
    assert dataset.name == "mine"
    assert dataset.labels.tolist() == [0, 0, 1, 1]
    expected = resize_all(IMAGES[[0, 2, 1, 3]], 3, 1)
    np.testing.assert_array_equal(dataset.images, expected)
    assert dataset.files == ("x/0.png", "x/2.png", "y/1.png", "y/3.png")


def test_parts_of_folders(tmp_path):
    for row, name in enumerate(["train/x", "train/y", "test/x", "test/y"]):
        (tmp_path / name).mkdir(parents=True)
        Image.fromarray(IMAGES[row]).save(tmp_path / name / "0.png")
    dataset = from_path(tmp_path, split="test")
    np.testing.assert_array_equal(dataset.images, IMAGES[2:])
    with pytest.raises(ValueError, match="holds parts of a data set"):
        from_path(tmp_path)


def test_texts():
    dataset = check_dataset(from_texts(iter(TEXTS), ["x", "y", "x"]))
    assert dataset.name == "texts"
    words = ("a", "cat", "dog", "and", "the")
    np.testing.assert_array_equal(dataset.images, bag_of_words(TEXTS, words))
    assert dataset.labels.tolist() == [0, 1, 0]
    assert dataset.class_names == ("x", "y")


def test_texts_in_the_words_of_others():
    dataset = from_texts(["dog", "bird"], vocabulary=("cat", "dog"), name="new")
    assert dataset.name == "new"
    np.testing.assert_array_equal(flatten(dataset), [[0, 1], [0, 0]])


@pytest.mark.parametrize(
    ("texts", "labels", "message"),
    [
        (
            ["a", " ", "b", ""],
            None,
            "Data set 'texts' holds empty texts. Expected: texts with at least one "
            "word. Received: 2 empty of 4, the first at position 1. Leave them out",
        ),
        ([], None, "There are no words in these texts"),
        (["!", "?"], None, "There are no words in these texts"),
        ("one text", None, "This is a single text"),
        (["a", None], None, "Text 1 is no string"),
        (["a", "b"], [0, 1, 0], "Labels of data set 'texts' do not fit.*2 labels, "),
        ({"text": ["a", "b"]}, None, "no texts.*Received: dict with the keys text. "),
        (np.array([["a", "b"]]), None, r"no texts.*Received: ndarray of shape \(1, 2"),
        (["a", b"caf\xe9"], None, "Text 1 of data set 'texts' is not in UTF-8"),
    ],
    ids=[
        *("blank", "none", "wordless", "string", "missing", "labels", "dict", "2-D"),
        "Latin-1",
    ],
)
def test_what_is_no_text(texts, labels, message):
    with pytest.raises(ValueError, match=message):
        from_texts(texts, labels)


def save_everything(folder):
    np.save(folder / "rows.npy", ROWS)
    np.save(folder / "bytes.npy", IMAGES.reshape(4, -1))
    np.savez(folder / "short.npz", X=ROWS, y=[0, 1])
    np.savez(folder / "one.npz", X=ROWS, y=[3, 3, 3, 3])
    save_table(folder / "table.csv")
    (folder / "texts.txt").write_text("a\nb\n")
    (folder / "model.h5").write_text("")
    (folder / "no_suffix").write_text("")


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        (
            "rows.npy",
            {"size": 8},
            "size does not apply to .*rows.npy. Expected: uint8 images, or no size. "
            "Received: size=8. Leave it out",
        ),
        ("bytes.npy", {"channels": 1}, "channels does not apply to .*bytes.npy"),
        ("rows.npy", {"split": "a"}, "split does not apply.*a folder of images, or no"),
        ("table.csv", {"split": "a"}, "split does not apply to .*table.csv"),
        ("rows.npy", {"header": True}, "header does not apply.*a table, or no header"),
        ("rows.npy", {"encoding": "utf-8"}, "encoding does not apply to .*rows.npy"),
        (
            "table.csv",
            {"channels_first": True},
            "channels_first does not apply.*images",
        ),
        ("texts.txt", {"separator": ";"}, "separator does not apply.*a table, or no"),
        ("texts.txt", {"pixels": True}, "pixels does not apply.*Expected: numbers, or"),
        (".", {"decimal": ","}, "decimal does not apply"),
        (
            ".",
            {"pixels": False},
            "pixels does not apply.*Expected: arrays, or no pixels",
        ),
        ("rows.npy", {"label": "y"}, "label does not apply.*a table, or no label"),
        ("table.csv", {"size": 8}, "size does not apply to .*Expected: images, or no"),
        ("texts.txt", {"channels": 1}, "channels does not apply to .*texts.txt"),
        ("texts.txt", {"label": 0}, "label does not apply.*Received: label=0."),
        (".", {"label": 0}, "label does not apply to"),
        ("short.npz", {}, "Labels of data set 'short' do not fit.*4 labels.*: 2."),
        ("one.npz", {}, "'one' has fewer than two classes.*Received: only 3. Leave"),
        (
            "table.csv",
            {},
            "table.csv has a cell that is no finite number.*'x' in row 2",
        ),
        (
            "model.h5",
            {},
            "model.h5 is of no known kind. Expected: a folder of images, or a file "
            r"\(.npy .npz .csv .tsv .parquet .txt\). Received: the suffix '.h5'. "
            "Convert it",
        ),
        ("no_suffix", {}, "no_suffix is of no known kind.*Received: the suffix ''."),
    ],
)
def test_arguments_that_do_not_apply_and_data_that_do_not_fit(
    tmp_path, name, arguments, message
):
    save_everything(tmp_path)
    with pytest.raises(ValueError, match=message):
        from_path(tmp_path / name, **arguments)


def test_no_path(tmp_path):
    message = r"There is no file or folder '.*missing.npy'.*\(.npy .*Check the path"
    with pytest.raises(FileNotFoundError, match=message):
        from_path(tmp_path / "missing.npy")


def test_from_arrays_is_at_hand():
    np.testing.assert_array_equal(flatten(from_arrays(ROWS)), ROWS)
