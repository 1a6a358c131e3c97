"""`learned-update rules` on the command line."""

import os

import pytest

from learned_update.cli import main
from learned_update.zoo import load_rule, rule_card
from tests.zoo.small_rules import assert_same_theta, make_run, with_card


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The user's own folder of rules."""
    folder = tmp_path / "user" / "rules"
    monkeypatch.setenv("LEARNED_UPDATE_RULES", str(folder))
    if "rules" not in main.VERBS:
        monkeypatch.setattr(main, "VERBS", (*main.VERBS, "rules"))
    return folder


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "trial"
    make_run(folder)
    return folder


def _rules(*arguments):
    return main.main(["rules", *map(str, arguments)])


def _single_spaces(line):
    return " ".join(line.split())


def test_round_trip(trial, folder, capsys):
    assert _rules("add", trial, "--name", "mine", "--licence", "MIT") == 0
    output = capsys.readouterr().out
    assert "Added the rule mine: 2 outer steps of the run trial." in output
    assert "learned_update.load_rule('mine')" in output
    assert_same_theta(load_rule("mine"), load_rule(trial))

    assert _rules() == 0
    lines = capsys.readouterr().out.splitlines()
    assert _single_spaces(lines[0]).startswith("glyphs the quickstart's rule")
    assert "mine 2 outer steps of the run trial" in map(_single_spaces, lines)

    assert _rules("show", "mine") == 0
    lines = capsys.readouterr().out.splitlines()
    assert f"SHA-256: {rule_card('mine').sha256}" in lines
    assert "licence: MIT" in lines
    assert "  digits: meta-trained rule, 100 inner steps: 91.3 ± 1.0" in lines

    assert _rules("remove", "mine") == 0
    assert capsys.readouterr().out == "Removed the rule mine.\n"
    assert os.listdir(folder) == []


def test_another_folder(trial, tmp_path, folder, capsys):
    shelf = tmp_path / "shelf"
    arguments = ("--to", shelf, "--name", "glyphs", "--description", "by hand")
    assert _rules("add", trial, *arguments) == 0
    assert capsys.readouterr().out == "Added the rule glyphs: by hand.\n"
    assert sorted(os.listdir(shelf)) == ["glyphs.json", "glyphs.keras"]
    assert not folder.exists()


def test_nothing_is_overwritten(trial, capsys):
    assert _rules("add", trial) == 0
    assert _rules("add", trial) == 2
    assert "trial.keras exists already" in capsys.readouterr().err
    assert _rules("add", trial, "--force") == 0


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("show", "glyfs"), 2, "Near names: glyphs."),
        (("remove", "glyphs"), 2, "comes with the package"),
        (("add", "nowhere/rule.keras"), 1, "There is no rule 'nowhere/rule.keras'"),
        (("add", "ftp://a/b.keras"), 2, "This is no address of a rule"),
    ],
)
def test_errors(arguments, status, message, capsys):
    assert _rules(*arguments) == status
    error = capsys.readouterr().err
    assert error.startswith("learned-update rules: error: ")
    assert message in error


def test_wrong_hash(trial, folder, capsys):
    assert _rules("add", trial, "--sha256", "0" * 64) == 2
    assert "SHA-256" in capsys.readouterr().err
    assert not folder.exists()


def test_wrong_card(trial, tmp_path, folder, capsys):
    path = tmp_path / "copy.keras"
    path.write_bytes((trial / "rule.keras").read_bytes())
    with_card(path, sha256="0" * 64)
    assert _rules("add", path) == 2
    assert "copy.keras is not the file that was expected" in capsys.readouterr().err
    assert not folder.exists()


def test_unwritable_folder(trial, tmp_path, capsys):
    (tmp_path / "file").touch()
    assert _rules("add", trial, "--to", tmp_path / "file") == 1
    assert "file" in capsys.readouterr().err


def test_help_of_an_action(capsys):
    with pytest.raises(SystemExit) as caught:
        _rules("add", "--help")
    assert caught.value.code == 0
    assert "--sha256" in capsys.readouterr().out
