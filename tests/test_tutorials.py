"""The tutorials run from top to bottom, with smaller numbers than readers see."""

import os

import matplotlib
import matplotlib.pyplot as plt
import nbformat
import pytest

from tests.import_graph import ROOT

FOLDER = ROOT / "docs" / "tutorials"
SMALL = {  # in the place of those of the cell "parameters"
    "1_own_images": {"STEPS": 10, "DRAWS": 2},
    "2_tables_and_text": {"STEPS": 10, "DRAWS": 2},
    "3_meta_train": {
        "OUTER_STEPS": 2,
        "TASKS": 2,
        "UNITS": (8,),
        "EVALUATION": {"initialisations": 2, "episodes": 2},
    },
    "4_change_a_part": {
        "OUTER_STEPS": 1,
        "TASKS": 2,
        "UNITS": (8,),
        "INNER_STEPS": 5,
        "EVALUATION": {"initialisations": 2, "episodes": 2},
    },
    "5_read_a_rule": {
        "STEPS": 5,
        "EVALUATION": {"initialisations": 2, "episodes": 2},
        "UNITS": (16, 8),
    },
    "6_few_shot_learners": {
        "STEPS": 2,
        "EPISODES": 2,
        "RULE_STEPS": 5,
        "RULE_EPISODES": 2,
    },
}


def _notebook(name):
    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)


def _parameters(cells):
    (cell,) = [cell for cell in cells if "parameters" in cell.metadata.get("tags", ())]
    return cell


def test_every_tutorial_is_tested():
    assert {path.stem for path in FOLDER.glob("*.ipynb")} == set(SMALL)


@pytest.mark.parametrize("name", SMALL)
def test_tutorial_runs(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", os.fspath(tmp_path))
    matplotlib.use("Agg")
    namespace = {}
    cells = [cell for cell in _notebook(name).cells if cell.cell_type == "code"]
    for number, cell in enumerate(cells):
        exec(compile(cell.source, f"{name}, cell {number}", "exec"), namespace)
        if cell is _parameters(cells):
            assert set(SMALL[name]) <= set(namespace)
            namespace |= SMALL[name]
    figures = plt.get_fignums()
    plt.close("all")
    assert figures, "a tutorial ends in a picture"


@pytest.mark.parametrize("name", SMALL)
def test_tutorial_ships_with_its_outputs(name):
    notebook = _notebook(name)
    nbformat.validate(notebook)
    pictures = 0
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.execution_count, cell.source
            for output in cell.outputs:
                assert output.output_type != "error", output
                assert output.get("name") != "stderr", output
                pictures += "image/png" in output.get("data", {})
    assert pictures
    assert "**Next:**" in notebook.cells[-1].source
