"""Rules between rules."""

import numpy as np
import pytest

from learned_update.cli import main
from learned_update.zoo import load_rule
from learned_update.zoo.blending import blend_rules
from learned_update.zoo.card import Compute, card_path, read_card
from tests.rules_and_bases import neuron_local, perturbed
from tests.zoo.small_rules import make_run, with_card


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "further"
    make_run(folder)
    return folder


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    path = tmp_path_factory.mktemp("rules") / "start.keras"
    perturbed(neuron_local()).save(path)
    return with_card(path, configuration="a = 1\n")


def test_theta_is_the_weighted_mean(run_dir, start, tmp_path):
    path = tmp_path / "between.keras"
    card = blend_rules({run_dir: 0.75, start: 0.25}, path)
    found, *given = (load_rule(x).get_weights() for x in (path, run_dir, start))
    for value, far, near in zip(found, *given, strict=True):
        expected = 0.75 * far.astype("float64") + 0.25 * near.astype("float64")
        np.testing.assert_allclose(value, expected, rtol=1e-6, atol=1e-7)
    assert any((far != near).any() for far, near in zip(*given, strict=True))
    assert card == read_card(card_path(path))
    assert card.origin == "blend of 0.75 of further, 0.25 of start"
    assert "glyph_tasks.size" in card.configuration  # of the first
    assert (card.results, card.compute) == ((), Compute())


def test_what_blends_nothing(run_dir, start, tmp_path):
    path = tmp_path / "between.keras"
    for shares in ({run_dir: 1.0}, {run_dir: 0.5, start: 0.4}, {run_dir: 2, start: -1}):
        with pytest.raises(ValueError, match="positive shares that sum to 1"):
            blend_rules(shares, path)
    with pytest.raises(ValueError, match="another architecture.*4,817 numbers"):
        blend_rules({run_dir: 0.5, "glyphs": 0.5}, path)
    assert not path.exists()
    blend_rules({run_dir: 0.5, start: 0.5}, path)
    with pytest.raises(ValueError, match="exists already"):
        blend_rules({run_dir: 0.5, start: 0.5}, path)


def test_command_line(run_dir, start, tmp_path, capsys):
    path = tmp_path / "between.keras"
    given = ["rules", "blend", f"{run_dir}=0.75", f"{start}=0.25", "--output"]
    assert main.main([*given, str(path)]) == 0
    said = capsys.readouterr().out
    assert said == (
        f"Wrote {path}: theta between rules: 0.75 of further, 0.25 of start.\n"
    )
    blend_rules({run_dir: 0.75, start: 0.25}, tmp_path / "of_python.keras")
    for a, b in zip(
        load_rule(path).get_weights(),
        load_rule(tmp_path / "of_python.keras").get_weights(),
        strict=True,
    ):
        np.testing.assert_array_equal(a, b)
    assert main.main([*given, str(path)]) == 2
    assert "exists already" in capsys.readouterr().err
    assert (
        main.main(["rules", "blend", f"{start}=1", f"{start}=1", *given[4:], "x"]) == 2
    )
    assert "named twice" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main.main(["rules", "blend", str(start), "--output", str(path)])
    assert "is no SOURCE=SHARE" in capsys.readouterr().err
