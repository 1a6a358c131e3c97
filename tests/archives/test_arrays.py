"""Archives of arrays: whatever byte is another, no array is."""

import io

import numpy as np
import pytest

from learned_update.archives import open_archive
from tests.damage import damaged

ARRAYS = {
    "a": np.arange(3, dtype="float32"),
    "b/0": np.int64(7),
    "c": np.zeros((2, 0)),
    "d": np.array(["x", "yz"]),
}


def _read(content):
    with open_archive(io.BytesIO(content)) as (keys, read):
        return {key: read(key) for key in keys}


def _saved(save):
    file = io.BytesIO()
    save(file, **ARRAYS)
    return file.getvalue()


def _assert_same(arrays):
    assert arrays.keys() == ARRAYS.keys()
    for key, expected in ARRAYS.items():
        np.testing.assert_array_equal(arrays[key], expected, strict=True)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_a_changed_byte_changes_no_array(save):
    content = _saved(save)
    _assert_same(_read(content))
    sound, refused = 0, 0
    for _, changed in damaged(content, masks=(0x01, 0x80, 0xFF)):
        try:
            arrays = _read(changed)
        except Exception:
            refused += 1
        else:
            _assert_same({key: arrays[key] for key in arrays})
            sound += 1
    assert refused > sound > 0  # such as in the date of a member
