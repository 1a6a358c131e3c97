"""`learned-update convert` on the command line."""

import os

import numpy as np
import pytest

import learned_update as lu
from learned_update.cli import main
from tests.rules_and_bases import released
from tests.zoo.small_rules import assert_same_theta, released_values, write_checkpoint


@pytest.fixture(autouse=True)
def _verb(monkeypatch):
    if "convert" not in main.VERBS:
        monkeypatch.setattr(main, "VERBS", (*main.VERBS, "convert"))


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Prefix of a checkpoint, and its rule."""
    rule = released(dtype="float32")
    prefix = tmp_path_factory.mktemp("published") / "tf_graph_data.ckpt"
    named = released_values(rule)
    write_checkpoint(named, prefix)
    return prefix, rule


def _convert(*arguments):
    return main.main(["convert", *map(str, arguments)])


def test_conversion(published, tmp_path, capsys):
    prefix, rule = published
    path = tmp_path / "released.keras"
    assert _convert(prefix, path, "--licence", "Apache-2.0") == 0
    assert "released.keras and its card" in capsys.readouterr().out
    loaded = lu.load_rule(path)
    assert_same_theta(loaded, rule)
    assert loaded.inner_learning_rate == 1e-4
    assert _convert(prefix, path) == 2
    assert "released.keras exists already" in capsys.readouterr().err
    assert _convert(prefix, path, "--force", "--inner_learning_rate", "1e-3") == 0
    assert lu.load_rule(path).inner_learning_rate == 1e-3


def test_variable_too_many(published, tmp_path, capsys):
    _, rule = published
    named = released_values(rule)
    write_checkpoint({**named, "extra/w": np.zeros(2)}, tmp_path / "a.ckpt")
    before = sorted(os.listdir(tmp_path))
    assert _convert(tmp_path / "a.ckpt", tmp_path / "released.keras") == 2
    assert "unknown: extra/w" in capsys.readouterr().err
    assert sorted(os.listdir(tmp_path)) == before


def test_missing_checkpoint(tmp_path, capsys):
    path = tmp_path / "released.keras"
    assert _convert(tmp_path / "nowhere.ckpt", path) == 1
    assert "There is no TensorFlow checkpoint" in capsys.readouterr().err
    assert os.listdir(tmp_path) == []


def test_unwritable_path(published, tmp_path, capsys):
    (tmp_path / "file").touch()
    assert _convert(published[0], tmp_path / "file" / "released.keras") == 1
    assert capsys.readouterr().err.startswith("learned-update convert: error: ")
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.parametrize("rate", ["0", "-1", "nan", "inf", "fast"])
def test_impossible_rate(rate, capsys):
    with pytest.raises(SystemExit) as caught:
        _convert("a.ckpt", "b.keras", f"--inner_learning_rate={rate}")
    assert caught.value.code == 2
    assert "expected a number > 0" in capsys.readouterr().err
