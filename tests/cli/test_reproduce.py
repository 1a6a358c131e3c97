"""`learned-update reproduce`."""

import csv

import gin
import pytest
from matplotlib.image import imread

import learned_update as lu
from learned_update.cli import main
from learned_update.evaluation import REPRODUCTIONS


@pytest.fixture(autouse=True)
def _clean_gin():
    gin.clear_config()
    yield
    gin.clear_config()


@pytest.fixture(scope="module")
def rule(tmp_path_factory):
    path = tmp_path_factory.mktemp("rule") / "initial.keras"
    lu.UpdateRule().save(path)
    return str(path)


SMALL = {
    "fig4-left": (
        "few_labels.datasets = ('digits', 'glyphs/lao')",
        "few_labels.sizes = (6, 8)",
        "few_labels.steps = 10",
        "few_labels.shots = 3",
        "few_labels.examples_per_class = None",
    ),
    "horizon": (
        "horizon.datasets = ('digits',)",
        "horizon.longest_unroll = 2",
        "horizon.shots = 3",
    ),
}


@pytest.mark.parametrize("identifier", REPRODUCTIONS)
def test_table_and_figure(identifier, rule, tmp_path, capsys):
    arguments = ["reproduce", identifier, "--rule", rule, "--output", str(tmp_path)]
    for binding in SMALL[identifier]:
        arguments += ["--gin_param", binding]
    assert main.main([*arguments, "--quick"]) == 0
    text = (tmp_path / f"{identifier}.md").read_text()
    assert text in capsys.readouterr().out
    assert "2 initialisations x 20 episodes, seed 0" in text
    with open(tmp_path / f"{identifier}.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {(row["dataset"], row["method"], row["steps"]) for row in rows}
    if identifier == "fig4-left":
        names = [f"{x} {s}x{s}" for x in ("digits", "glyphs/lao") for s in (6, 8)]
        assert {(name, "initial", "1") for name in names} <= found
        assert {(name, "raw pixels", "") for name in names} <= found
    else:
        assert {("digits", "initial", str(s)) for s in (1, 2, 4, 5, 10)} <= found
    assert imread(tmp_path / f"{identifier}.png").shape[1] > 300
    settings = (tmp_path / f"{identifier}.gin").read_text()
    function = REPRODUCTIONS[identifier].__name__
    assert f"{function}.shots = 3" in settings
    assert main.main([*arguments, "--quick"]) == 2
    assert "exists already" in capsys.readouterr().err


def test_unknown_identifier(rule, tmp_path, capsys):
    arguments = ["reproduce", "fig9", "--rule", rule, "--output", str(tmp_path)]
    assert main.main(arguments) == 2
    assert "There is no reproduction 'fig9'. Expected: one of fig4-left, horizon" in (
        capsys.readouterr().err
    )
    assert not list(tmp_path.iterdir())
