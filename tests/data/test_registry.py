"""Data sets by name."""

import numpy as np
import pytest

from learned_update.data import (
    HELD_OUT_SCRIPTS,
    META_TRAIN_SCRIPTS,
    dataset_names,
    digits,
    glyphs,
    load,
)


def test_names():
    expected = {f"glyphs/{script}" for script in META_TRAIN_SCRIPTS + HELD_OUT_SCRIPTS}
    assert set(dataset_names()) == {"digits"} | expected


def test_names_load_what_they_say():
    np.testing.assert_array_equal(load("digits").images, digits().images)
    loaded = load("glyphs/georgian", renderings=2, size=9, seed=4)
    expected = glyphs("georgian", renderings=2, size=9, seed=4)
    assert loaded.name == expected.name == "glyphs/georgian"
    np.testing.assert_array_equal(loaded.images, expected.images)


@pytest.mark.parametrize(
    ("name", "near"),
    [("digit", "digits"), ("glyphs/armenia", "glyphs/armenian,"), ("?", "digits, gl")],
)
def test_an_unknown_name(name, near):
    with pytest.raises(ValueError, match="There is no data set") as caught:
        load(name)
    assert f"Received: name={name!r}. Near names: {near}" in str(caught.value)
