"""Rows of slots: drawn in threads, and replaced on the device."""

import keras
import numpy as np
import pytest

from learned_update.randomness import generator
from learned_update.training.outer_steps import slot_rows
from learned_update.training.outer_steps.slot_rows import drawn_together, replaced


def _row(slot):
    return generator(3, slot).standard_normal((4, 2)).astype("float32")


def test_threads_draw_what_one_draws():
    slots = [7, 0, 3, 11, 4]
    drawn = drawn_together(_row, slots)
    np.testing.assert_array_equal(drawn, [_row(slot) for slot in slots])


def test_what_goes_wrong_in_a_thread_is_raised():
    def draw(slot):
        raise ValueError(f"slot {slot}")

    with pytest.raises(ValueError, match="slot 2"):
        drawn_together(draw, [2, 3, 4])


@pytest.mark.parametrize("slots", [[2], [0, 4], [0, 1, 3], [0, 1, 2, 3, 4]])
def test_replaced_rows(slots):
    old = {
        "a": np.arange(20, dtype="float32").reshape(5, 4),
        "b": np.arange(5, dtype="int32"),
    }
    rows = [
        {"a": np.full(4, -slot, "float32"), "b": np.int32(100 + slot)} for slot in slots
    ]
    expected = {name: leaf.copy() for name, leaf in old.items()}
    for slot, row in zip(slots, rows, strict=True):
        for name, leaf in row.items():
            expected[name][slot] = leaf
    tree = keras.tree.map_structure(keras.ops.convert_to_tensor, old)
    found = replaced(tree, rows, slots)
    for name, leaf in expected.items():
        np.testing.assert_array_equal(np.asarray(found[name]), leaf)
        assert np.asarray(found[name]).dtype == leaf.dtype


def test_any_number_of_rows_is_one_trace(monkeypatch):
    taken, traces = slot_rows._taken, []

    def counted(*arguments):
        traces.append(1)
        return taken(*arguments)

    monkeypatch.setattr(slot_rows, "_taken", counted)
    slot_rows._compiled_taken.cache_clear()
    tree = keras.ops.zeros((9, 3))
    for slots in ([4], [1, 5], [0, 2, 3], [0, 1, 2, 3, 8]):
        rows = [np.full(3, slot + 1, "float32") for slot in slots]
        found = np.asarray(replaced(tree, rows, slots))
        np.testing.assert_array_equal(found[slots, 0], np.add(slots, 1))
    slot_rows._compiled_taken.cache_clear()
    assert len(traces) == 1
