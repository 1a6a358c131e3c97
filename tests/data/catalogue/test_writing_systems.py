"""Which characters belong to which script."""

import string

import pytest

from learned_update.data import HELD_OUT_SCRIPTS, META_TRAIN_SCRIPTS
from learned_update.data.catalogue.writing_systems import script_characters
from learned_update.data.sources.glyphs.fonts import load_faces

PRINTABLE = frozenset(map(chr, range(32, 0x3000)))


@pytest.mark.parametrize(
    ("script", "characters"),
    [
        ("latin", string.ascii_lowercase),
        ("latin_capital", string.ascii_uppercase),
        ("greek_capital", "ͰͲͶͿΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩϷϺ"),
        ("hebrew", "אבגדהזטךלםמנסעףפץצקרשת"),
    ],
)
def test_characters_of_a_script_in_order(script, characters):
    assert script_characters(script, PRINTABLE) == tuple(characters)


def test_only_available_characters():
    assert script_characters("latin", frozenset("zaA1")) == ("a", "z")


def test_no_marks_that_need_a_letter_to_sit_on():
    assert "\u0eb1" in PRINTABLE  # LAO VOWEL SIGN MAI KAN
    assert "\u0eb1" not in script_characters("lao", PRINTABLE)


def test_training_and_held_out_scripts_share_neither_name_nor_character():
    assert not set(META_TRAIN_SCRIPTS) & set(HELD_OUT_SCRIPTS)
    everything = frozenset().union(*(face.characters for face in load_faces()))
    train, held_out = (
        {c for script in part for c in script_characters(script, everything)}
        for part in (META_TRAIN_SCRIPTS, HELD_OUT_SCRIPTS)
    )
    assert len(train) > 1500
    assert len(held_out) > 150
    assert not train & held_out


def test_an_unknown_script():
    message = (
        "There is no script 'georgain'. Expected: a name in META_TRAIN_SCRIPTS or "
        "HELD_OUT_SCRIPTS. Received: script='georgain'. Near names: georgian."
    )
    with pytest.raises(ValueError, match=message):
        script_characters("georgain", PRINTABLE)


def test_a_script_that_is_near_to_none():
    with pytest.raises(ValueError, match=r"Near names: apl, .*, shapes"):
        script_characters("???", PRINTABLE)
