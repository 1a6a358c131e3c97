"""Arrays in files of NumPy."""

import warnings

import numpy as np
import pytest

from learned_update.data.sources.own.array_files import read_arrays
from tests.damage import damaged, outcome

X = np.arange(12, dtype="float32").reshape(3, 4)
Y = np.array(["a", "b", "a"])
LABELS = ("labels", "label", "target", "targets", "y_train", "Y")


def test_an_array(tmp_path):
    np.save(tmp_path / "x.npy", X)
    images, labels = read_arrays(tmp_path / "x.npy")
    np.testing.assert_array_equal(images, X)
    assert labels is None


@pytest.mark.parametrize("key", ["X", "x", "images", "data", "x_train", "arr_0"])
@pytest.mark.parametrize("label_key", ["y", *LABELS, None])
def test_arrays_by_their_keys(tmp_path, key, label_key):
    np.savez_compressed(tmp_path / "x.npz", **{key: X, label_key or "_": Y})
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*x.npz: the keys _ are not used")
        images, labels = read_arrays(tmp_path / "x.npz")
    np.testing.assert_array_equal(images, X)
    assert labels is None if label_key is None else labels.tolist() == Y.tolist()


def test_keys_that_are_not_used_are_named(tmp_path):
    np.savez(tmp_path / "x.npz", x_train=X, y_train=Y, x_test=X, classes=Y)
    message = (
        "x.npz: the keys x_test, classes are not used; examples are 'x_train', labels "
        r"'y_train' \(possible: y, "
    )
    with pytest.warns(UserWarning, match=message):
        images, labels = read_arrays(tmp_path / "x.npz")
    np.testing.assert_array_equal(images, X)
    assert labels.tolist() == Y.tolist()
    np.savez(tmp_path / "x.npz", X=X, kinds=Y)
    with pytest.warns(UserWarning, match="keys kinds are not used.*labels missing"):
        assert read_arrays(tmp_path / "x.npz")[1] is None


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (
            ["pixels", "y"],
            "does not say which array is meant. Expected: one of the keys X, x, "
            "images, data, features, X_train, x_train, arr_0. Received: the keys "
            "pixels, y. Save it with",
        ),
        (["data", "X"], "Received: the keys data, X."),
        (
            ["X", "y", "labels"],
            "one of the keys y, labels, .*Received: the keys X, y, ",
        ),
    ],
)
def test_keys_that_do_not_say_what_is_meant(tmp_path, keys, message):
    np.savez(tmp_path / "x.npz", **dict.fromkeys(keys, X))
    with pytest.raises(ValueError, match=message):
        read_arrays(tmp_path / "x.npz")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "holds no arrays that can be read.*EOFError: No data left in file. Save"),
        (b"rubbish", "Received: ValueError: "),
        (b"PK\x03\x04rubbish", "Received: BadZipFile: "),
    ],
    ids=["empty", "rubbish", "zip"],
)
def test_files_that_hold_no_arrays(tmp_path, content, message):
    (tmp_path / "x.npz").write_bytes(content)
    with pytest.raises(ValueError, match=f"x.npz {message}|{message}"):
        read_arrays(tmp_path / "x.npz")


@pytest.mark.parametrize("suffix", ["npy", "npz"])
def test_truncated_files(tmp_path, suffix):
    path = tmp_path / f"x.{suffix}"
    np.save(path, X) if suffix == "npy" else np.savez(path, X=X)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(ValueError, match=f"x.{suffix} holds no arrays that can be"):
        read_arrays(path)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_a_changed_byte_is_refused_or_changes_nothing(tmp_path, save):
    path = tmp_path / "x.npz"
    save(path, X=X, y=Y)
    sound, refused = 0, 0
    for _, content in damaged(path.read_bytes(), masks=(0x01, 0x80)):
        path.write_bytes(content)
        arrays, error = outcome(read_arrays, path)
        if error:
            assert str(error).startswith(f"{path} ")
            refused += 1
        else:
            images, labels = arrays
            np.testing.assert_array_equal(images, X, strict=True)
            np.testing.assert_array_equal(labels, Y, strict=True)
            sound += 1
    assert refused > sound > 0


def test_a_changed_byte_of_an_array_is_noticed(tmp_path):
    path = tmp_path / "x.npz"
    np.savez(path, X=X)
    path.write_bytes(path.read_bytes().replace(X.tobytes(), (X + 1).tobytes()))
    with pytest.raises(ValueError, match="Received: BadZipFile: Bad CRC-32"):
        read_arrays(path)


def test_headers_of_an_array_file_that_are_damaged(tmp_path):
    path = tmp_path / "x.npy"
    np.save(path, X)
    content = path.read_bytes()
    for (position, _), changed in damaged(content, masks=(0x01, 0x20, 0x80)):
        path.write_bytes(changed)
        arrays, error = outcome(read_arrays, path)
        if error:
            assert str(error).startswith(f"{path} holds no arrays that can be read")
        else:
            images, _ = arrays
            assert images.shape == X.shape
            assert images.tobytes() == X.tobytes() or position >= 128


def test_an_array_file_with_more_behind_the_array(tmp_path):
    with (tmp_path / "x.npy").open("wb") as file:
        np.save(file, X)
        np.save(file, X)
    with pytest.raises(ValueError, match="it is longer than its header says"):
        read_arrays(tmp_path / "x.npy")


def test_objects_are_not_unpickled(tmp_path):
    np.savez(tmp_path / "x.npz", X=np.array([{}, None], object))
    message = "without Python objects. Received: ValueError: Object arrays cannot"
    with pytest.raises(ValueError, match=message):
        read_arrays(tmp_path / "x.npz")


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="missing.npy"):
        read_arrays(tmp_path / "missing.npy")
