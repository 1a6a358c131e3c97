"""Checkpoints with one byte that is another: whole, or refused in one way."""

import collections

import numpy as np
import pytest

from learned_update.training import read_checkpoint
from tests.damage import damaged, outcome

ARRAYS = {"theta/000": np.arange(3, dtype="float32"), "outer_step": np.int64(7)}


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "outer_step_00000007.npz"
    np.savez(path, **ARRAYS)
    return path


def test_a_changed_byte_is_refused_or_changes_nothing(path):
    outcomes = collections.Counter()
    for _, content in damaged(path.read_bytes(), masks=(0x01, 0x80)):
        path.write_bytes(content)
        arrays, error = outcome(read_checkpoint, path)
        if error:
            said = f"The checkpoint {path} cannot be read. Expected: an .npz file"
            assert str(error).startswith(said)
            outcomes[type(error.__cause__).__name__] += 1
        else:
            assert arrays.keys() == ARRAYS.keys()
            for key, expected in ARRAYS.items():
                np.testing.assert_array_equal(arrays[key], expected, strict=True)
            outcomes["sound"] += 1
    assert {"sound", "BadZipFile", "NotImplementedError"} <= outcomes.keys()


@pytest.mark.parametrize("content", [b"", b"rubbish", b"PK\x03\x04"])
def test_what_is_no_archive(path, content):
    path.write_bytes(content)
    with pytest.raises(ValueError, match="cannot be read.*Remove the file to resume"):
        read_checkpoint(path)


def test_an_array_is_no_checkpoint(path):
    with path.open("wb") as file:
        np.save(file, np.arange(3))
    with pytest.raises(ValueError, match="cannot be read.*BadZipFile: File is not a"):
        read_checkpoint(path)


def test_a_header_that_asks_for_fewer_bytes(path):
    np.savez(path, theta=np.arange(10_000, dtype="float32"))
    content = path.read_bytes()
    assert content.count(b"'<f4'") == 1
    path.write_bytes(content.replace(b"'<f4'", b"'<f2'"))
    with pytest.raises(ValueError, match="cannot be read.*longer than its header says"):
        read_checkpoint(path)


def test_objects_are_not_unpickled(path):
    np.savez(path, theta=np.array([{}], object))
    with pytest.raises(ValueError, match="cannot be read.*Object arrays cannot"):
        read_checkpoint(path)
