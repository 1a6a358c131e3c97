"""Named rules: found, checked, added and removed."""

import os
import pathlib

import pytest

from learned_update.zoo import (
    add_rule,
    list_rules,
    load_rule,
    remove_rule,
    rule_card,
    shelves,
)
from learned_update.zoo.card import card_path, read_card, write_card
from tests.zoo import small_rules
from tests.zoo.small_rules import assert_same_theta, card_of, tampered, with_card


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """Stands in for the folder of the package's own rules."""
    folder = tmp_path / "shipped"
    folder.mkdir()
    monkeypatch.setattr(shelves, "shipped_folder", lambda: folder)
    return folder


def test_folder_of_the_user(monkeypatch):
    monkeypatch.setenv("LEARNED_UPDATE_RULES", "/a/b")
    assert shelves.user_folder() == pathlib.Path("/a/b")
    monkeypatch.delenv("LEARNED_UPDATE_RULES")
    monkeypatch.setenv("XDG_DATA_HOME", "/c")
    assert shelves.user_folder() == pathlib.Path("/c/learned_update/rules")
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", "/d")
    assert shelves.user_folder() == pathlib.Path("/d/.local/share/learned_update/rules")


def test_added_rule_loads_by_its_name(shipped, saved, small_rule, user_rules):
    assert list_rules() == ()
    card = add_rule(saved, licence="MIT", description="mine own")
    assert list_rules() == ("mine",)
    assert_same_theta(load_rule("mine"), small_rule)
    assert rule_card("mine") == card
    assert (card.name, card.licence, card.origin) == ("mine", "MIT", "mine.keras")
    assert sorted(os.listdir(user_rules)) == ["mine.json", "mine.keras"]
    assert (user_rules / "mine.keras").read_bytes() == saved.read_bytes()


def test_run_directory(tmp_path, user_rules):
    rule = small_rules.make_run(tmp_path / "trial")
    assert add_rule(tmp_path / "trial").name == "trial"
    assert add_rule(str(tmp_path / "trial"), "other").description == (
        "2 outer steps of the run trial"
    )
    assert_same_theta(load_rule("other"), rule)
    assert rule_card("other").compute.inner_steps == 13


def test_shipped_rules_come_first(shipped, saved, user_rules):
    add_rule(saved, "zebra", folder=shipped)
    add_rule(saved, "ant")
    add_rule(saved, "bee")
    assert list_rules() == ("zebra", "ant", "bee")
    with pytest.raises(ValueError, match="'zebra' comes with the package and would"):
        add_rule(saved, "zebra")
    with pytest.raises(ValueError, match="'zebra' comes with the package"):
        remove_rule("zebra")
    remove_rule("ant")
    assert list_rules() == ("zebra", "bee")
    assert sorted(os.listdir(user_rules)) == ["bee.json", "bee.keras"]


def test_unknown_name(shipped, saved):
    with pytest.raises(ValueError, match="There is no rule 'mine'.*Add a rule with"):
        load_rule("mine")
    add_rule(saved)
    add_rule(saved, "glyphs")
    for function in (load_rule, rule_card, remove_rule):
        with pytest.raises(ValueError, match="no rule 'glyfs'.*Near names: glyphs."):
            function("glyfs")
    with pytest.raises(ValueError, match="no rule 'xyz'.*Names: glyphs, mine."):
        load_rule("xyz")


def test_a_run_directory_comes_before_a_name(tmp_path, saved, monkeypatch):
    add_rule(saved, "trial")
    rule = small_rules.make_run(tmp_path / "trial")
    rule.trainable_variables[0].assign_add(rule.trainable_variables[0] + 1.0)
    rule.save(tmp_path / "trial" / "rule.keras")
    monkeypatch.chdir(tmp_path)
    assert_same_theta(load_rule("trial"), rule)


def test_a_folder_of_something_else_does_not_hide_a_name(
    tmp_path, saved, small_rule, monkeypatch
):
    add_rule(saved, "trial")
    (tmp_path / "trial").mkdir()
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path)
    assert_same_theta(load_rule("trial"), small_rule)
    with pytest.raises(FileNotFoundError, match="There is no rule 'other'.*directory"):
        load_rule("other")


def test_rule_without_card_has_no_name(saved, user_rules):
    user_rules.mkdir(parents=True)
    saved.rename(user_rules / "mine.keras")
    with pytest.raises(ValueError, match="There is no rule 'mine'"):
        load_rule("mine")


def test_tampered_rule(saved, user_rules):
    add_rule(saved)
    tampered(user_rules / "mine.keras")
    with pytest.raises(ValueError, match=r"mine\.keras is not the file.*SHA-256"):
        load_rule("mine")


def test_card_with_a_wrong_hash(saved, tmp_path, user_rules):
    with_card(saved, sha256="0" * 64)
    for function in (load_rule, add_rule):
        with pytest.raises(ValueError, match=f"Expected: SHA-256 {'0' * 64}"):
            function(saved)
    assert not user_rules.exists()


def test_hash_comes_before_anything_is_read(saved, monkeypatch):
    monkeypatch.setattr("keras.saving.load_model", None)
    monkeypatch.setattr("zipfile.ZipFile", None)
    with_card(saved, sha256="0" * 64)
    with pytest.raises(ValueError, match="It was not loaded"):
        load_rule(saved)


def test_hash_of_the_caller(saved, small_rule):
    sha256 = card_of(saved).sha256
    assert_same_theta(load_rule(saved, sha256=sha256.upper()), small_rule)
    with pytest.raises(ValueError, match="SHA-256 1111"):
        load_rule(saved, sha256="1" * 64)
    with pytest.raises(ValueError, match="SHA-256 1111"):
        add_rule(saved, sha256="1" * 64)


def test_broken_card(saved):
    card_path(saved).write_text("{")
    with pytest.raises(ValueError, match=r"mine\.json is no card of a rule"):
        load_rule(saved)


def test_card_travels(saved, user_rules):
    with_card(saved, name="theirs", origin="elsewhere", package_version="0.0.9")
    card = add_rule(saved, licence="MIT")
    assert card == card_of(
        saved,
        name="theirs",
        origin="elsewhere",
        package_version="0.0.9",
        licence="MIT",
    )
    assert read_card(user_rules / "theirs.json") == card


def test_taken_name(saved, small_rule, user_rules):
    add_rule(saved, description="first")
    with pytest.raises(ValueError, match=r"mine\.keras exists already.*--force"):
        add_rule(saved, description="second")
    assert rule_card("mine").description == "first"
    add_rule(saved, description="second", overwrite=True)
    assert rule_card("mine").description == "second"
    assert sorted(os.listdir(user_rules)) == ["mine.json", "mine.keras"]


@pytest.mark.parametrize("name", ["", ".hidden", "a/b", "..", "a.keras", "a b"])
def test_impossible_name(saved, name):
    with pytest.raises(ValueError, match="A rule of the zoo cannot be called so"):
        add_rule(saved, name)


def test_what_is_no_rule_is_not_added(tmp_path, user_rules):
    path = tmp_path / "other.keras"
    path.write_text("nothing")
    with pytest.raises(ValueError, match="holds no update rule"):
        add_rule(path)
    with pytest.raises(FileNotFoundError, match="There is no rule"):
        add_rule(tmp_path / "absent.keras")
    assert not user_rules.exists()


def test_unwritable_folder(saved, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        add_rule(saved, folder=tmp_path / "file" / "rules")


@pytest.mark.parametrize("failing", ["shutil.copyfile", "json.dumps"])
def test_failure_leaves_what_was_there(saved, user_rules, monkeypatch, failing):
    add_rule(saved)
    before = {path: path.read_bytes() for path in user_rules.iterdir()}

    def fail(*_, **__):
        raise OSError("disk full")

    monkeypatch.setattr(failing, fail)
    with pytest.raises(OSError, match="disk full"):
        add_rule(saved, overwrite=True)
    with pytest.raises(OSError, match="disk full"):
        add_rule(saved, "new")
    assert {path: path.read_bytes() for path in user_rules.iterdir()} == before


def test_folder_in_the_way(saved, user_rules):
    add_rule(saved)
    card_path(user_rules / "mine.keras").unlink()
    (user_rules / "mine.json").mkdir()
    with pytest.raises(ValueError, match=r"mine\.json exists already.*a folder"):
        add_rule(saved, overwrite=True)


def test_broken_card_on_the_shelf(saved, user_rules):
    from learned_update.zoo.card_text import rules_text

    add_rule(saved, "good", description="works")
    add_rule(saved, "bad")
    (user_rules / "bad.json").write_text("{}")
    lines = [" ".join(line.split()) for line in rules_text().splitlines()]
    assert "bad (its card cannot be read)" in lines
    assert "good works" in lines


def test_card_of_another_rule(saved, tmp_path, small_rule):
    """A card beside a file of the same stem counts, whatever name it gives."""
    write_card(card_of(saved, name="other"), card_path(saved))
    assert_same_theta(load_rule(saved), small_rule)
