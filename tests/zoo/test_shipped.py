"""The rules that come with the package."""

import numpy as np
import pytest

import learned_update as lu
from learned_update import configuration
from learned_update.zoo import list_rules, load_rule, rule_card, shelves
from learned_update.zoo.checksum import file_sha256

MACROS = ("OUTER_STEPS", "LONGEST_UNROLL", "UNITS")
NAMES = sorted(path.stem for path in shelves.shipped_folder().glob("*.keras"))


def test_names():
    assert "glyphs" in NAMES
    assert list_rules() == tuple(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_card_fits(name):
    card = rule_card(name)
    assert card.name == name
    assert card.sha256 == file_sha256(shelves.rule_path(name))
    assert card.licence == "Apache-2.0"
    assert card.data
    assert card.compute.outer_steps
    assert all(0.0 < row.accuracy < 1.0 and row.half_width for row in card.results)
    text = shelves.rule_path(name).with_suffix(".json").read_text(encoding="utf-8")
    for part in ("/home", "/tmp", "/root", "/Users", ":\\\\"):
        assert part not in text


def test_glyphs_is_meta_trained_as_the_quickstart_says():
    """`tools/make_glyphs_rule` makes it anew when the quickstart changes."""
    lines = configuration.find("experiments/quickstart.gin").read_text().splitlines()
    macros = {line.split("#")[0].strip() for line in lines if line.startswith(MACROS)}
    card = rule_card("glyphs")
    assert len(macros) == len(MACROS)
    assert macros <= set(card.configuration.splitlines())
    assert f"OUTER_STEPS = {card.compute.outer_steps}" in macros


def test_glyphs_is_no_initial_theta():
    rule, initial = load_rule("glyphs"), lu.UpdateRule()
    assert rule.count_params() == initial.count_params()
    pairs = zip(rule.get_weights(), initial.get_weights(), strict=True)
    assert all(np.isfinite(a).all() and (a != b).any() for a, b in pairs)
