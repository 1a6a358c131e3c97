"""Checkpoints that are not what was written: named, whatever is the matter."""

import collections

import numpy as np
import pytest

from learned_update.archives import seal
from learned_update.training import read_checkpoint
from learned_update.training.saving.archive import DamagedError, write_archive
from tests.damage import damaged, outcome

ARRAYS = {"theta/000": np.arange(3, dtype="float32"), "outer_step": np.int64(7)}


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "outer_step_00000007.npz"
    write_archive(path, ARRAYS)
    return path


def assert_same(arrays):
    assert arrays.keys() == ARRAYS.keys()
    for key, expected in ARRAYS.items():
        np.testing.assert_array_equal(arrays[key], expected, strict=True)


def test_what_was_written_is_read_also_by_numpy(path):
    assert_same(read_checkpoint(path))
    with np.load(path) as arrays:
        assert_same(dict(arrays))


def test_any_changed_bit_is_refused(path):
    for bit in range(8):
        for _, content in damaged(path.read_bytes(), every=3, masks=(1 << bit,)):
            path.write_bytes(content)
            arrays, error = outcome(read_checkpoint, path)
            assert arrays is None
            assert isinstance(error, DamagedError)
            assert str(error).startswith(f"The checkpoint {path} cannot be read. Exp")


def test_any_length_but_the_whole_is_refused(path):
    content = path.read_bytes()
    for length in range(len(content)):
        path.write_bytes(content[:length])
        assert isinstance(outcome(read_checkpoint, path)[1], DamagedError)
    path.write_bytes(content + b"\0")
    assert isinstance(outcome(read_checkpoint, path)[1], DamagedError)


def test_a_changed_byte_of_an_unsealed_one_is_refused_or_changes_nothing(path):
    np.savez(path, **ARRAYS)
    outcomes = collections.Counter()
    for _, content in damaged(path.read_bytes(), every=2, masks=(0x01, 0x80)):
        path.write_bytes(content)
        arrays, error = outcome(read_checkpoint, path)
        if error:
            assert isinstance(error, DamagedError)
            outcomes[type(error.__cause__).__name__] += 1
        else:
            assert_same(arrays)
            outcomes["sound"] += 1
    assert {"sound", "BadZipFile", "NotImplementedError"} <= outcomes.keys()


@pytest.mark.parametrize("content", [b"", b"rubbish", b"PK\x03\x04"])
def test_what_is_no_archive(path, content):
    path.write_bytes(content)
    with pytest.raises(ValueError, match="cannot be read.*goes on from the one before"):
        read_checkpoint(path)


def test_an_array_is_no_checkpoint(path):
    with path.open("wb") as file:
        np.save(file, np.arange(3))
    with pytest.raises(ValueError, match="cannot be read.*BadZipFile: it has no end"):
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
    seal(path)
    with pytest.raises(ValueError, match="cannot be read.*Object arrays cannot"):
        read_checkpoint(path)


def test_a_folder_in_its_place_is_no_damage(path):
    path.unlink()
    path.mkdir()
    message = (
        "could not be read. Expected: a file that you may read. Received: Is a dir"
    )
    with pytest.raises(OSError, match=message):
        read_checkpoint(path)
