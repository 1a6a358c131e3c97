"""The code of the README and of the documentation runs as it is written."""

import pathlib
import re
import shlex
import subprocess
import sys

import gin
import numpy as np
import pytest
from PIL import Image

from learned_update import zoo
from learned_update.cli import main
from learned_update.reproductions import REPRODUCTIONS
from tests.code_blocks import BLOCK, run_blocks, section
from tests.golden import cases

ROOT = pathlib.Path(__file__).parents[1]
README = ROOT / "README.md"
DOCS = ROOT / "docs"
FIGURES = DOCS / "figures"
START, TRAIN = DOCS / "get_started.md", DOCS / "how_to" / "train.md"
LARGEST_README = 9_000  # bytes
LARGEST_FIGURE = 250_000  # bytes
SMALLER = """
UNITS = (8,)
task_group.slots = 2
task_group.batch_size = 16
task_distribution.datasets = ('glyphs/greek', 'glyphs/cyrillic')
HELD_OUT = ('digits', 'glyphs/lao')
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEARNED_UPDATE_RULES", str(tmp_path / "rules"))
    yield tmp_path
    gin.clear_config()


def test_the_readme_is_short_and_its_code_that_of_the_first_page(folder):
    assert README.stat().st_size <= LARGEST_README
    code = BLOCK.findall(section(README, "Use it"))
    start = BLOCK.findall(section(START, "Use a rule"))
    assert [c for k, c in code if k == "python"] == [
        c for k, c in start if k == "python"
    ]
    (_, command) = code[-1]
    assert command in start[1][1]


def test_every_page_leads_on():
    for page in (*DOCS.glob("*.md"), *DOCS.glob("how_to/*.md")):
        text = page.read_text(encoding="utf-8")
        assert text.startswith("# "), page
        if page.name != "index.md":
            assert re.search(r"^\*\*Next:\*\* .*\]\(", text, re.MULTILINE), page


def test_use_a_rule(folder, capsys):
    names = run_blocks(START, "Use a rule")
    assert names["features"].shape == (1797, 32)
    assert np.load(folder / "embedded.npy").shape == (1797, 32)
    with np.load(folder / "embedded.npz") as embedded:
        assert embedded["X"].shape == (1797, 32)
        assert set(embedded["y"]) == set(range(10))
    assert zoo.rule_card("glyphs").sha256 in capsys.readouterr().out


def test_configuration_from_python():
    blocks = BLOCK.findall(section(TRAIN, "Configuration"))
    (code,) = [code for kind, code in blocks if kind == "python"]
    exec(compile(code, "train.md, Configuration", "exec"), {})
    assert gin.query_parameter("meta_train.outer_steps") == 1000


def test_deploy(folder):
    names = run_blocks(DOCS / "how_to" / "deploy.md", "Deploy an encoder or a rule")
    assert (folder / "encoder.keras").is_file()
    assert names["features"].shape == (1, 32)
    assert np.isfinite(names["features"].numpy()).all()


def test_train_your_own_rule(folder):
    """On smaller tasks and base models than the page says."""
    blocks = BLOCK.findall(section(TRAIN, "Train your own rule"))
    (configuration,) = [code for kind, code in blocks if not kind]
    (folder / "mine.gin").write_text(configuration + SMALLER)
    run_blocks(TRAIN, "Train your own rule", {"evaluate": ("--units", "8")})
    assert "mine" in zoo.list_rules()
    assert "decorr_off_diagonal" in zoo.rule_card("mine").configuration


def test_reproduce(folder, capsys):
    run_blocks(DOCS / "results.md", "Results")
    assert "fig4-left" in capsys.readouterr().out


def test_quickstart_in_python(folder):
    zoo.load_rule("glyphs").save(folder / "runs" / "quickstart" / "rule.keras")
    pixels = np.random.default_rng(0).uniform(size=(200, 9)).astype("float32")
    blocks = BLOCK.findall(section(START, "Quickstart"))
    (code,) = [code for kind, code in blocks if kind == "python"]
    names = {"pixels": pixels}
    exec(compile(code, "get_started.md, Quickstart", "exec"), names)
    assert names["features"].shape == (200, 32)


def test_the_authors_released_rule(folder):
    golden = cases.golden_folder()
    if not golden.is_dir():
        pytest.skip(f"The authors' checkpoint is not at {golden}.")
    for path in (golden / "ckpt_b").glob("*ckpt*"):
        suffix = path.name.split(".ckpt", 1)[1]
        (folder / f"tf_graph_data.ckpt{suffix}").write_bytes(path.read_bytes())
    page = DOCS / "how_to" / "released_rule.md"
    code = BLOCK.findall(section(page, "The authors' released rule"))
    rule = zoo.load_released_rule("tf_graph_data.ckpt")
    width = rule.error_network.top_error.embedding_units
    names = {}
    for kind, text in code:
        if kind == "python":
            exec(text.replace("32)", f"{width})"), names)
        else:
            assert main.main(shlex.split(text)[1:]) == 0
    converted = zoo.load_rule("released.keras")
    for a, b in zip(converted.get_weights(), rule.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_figures_are_small_and_there():
    shown = {
        pathlib.Path(name).name
        for page in DOCS.rglob("*.md")
        for name in re.findall(r"!\[[^]]+\]\((\S+)\)", page.read_text(encoding="utf-8"))
    }
    assert shown == {path.name for path in FIGURES.glob("*.png")}
    assert {f"{name}.png" for name in REPRODUCTIONS} <= shown
    for path in FIGURES.glob("*.png"):
        assert path.stat().st_size < LARGEST_FIGURE, path
        with Image.open(path) as picture:
            assert picture.width <= 1000


def test_every_figure_has_its_command():
    text = (ROOT / "tools" / "make_figures").read_text(encoding="utf-8")
    (listed,) = re.findall(r"set -- (.*?)\nfor", text, re.DOTALL)
    assert set(listed.replace("\\", "").split()) == set(REPRODUCTIONS)


def test_figures_are_shrunk(folder):
    rng = np.random.default_rng(0)
    Image.fromarray(rng.integers(0, 256, (60, 1500, 3), "uint8")).save("large.png")
    program = ROOT / "tools" / "shrink_figure.py"
    command = [sys.executable, str(program), "large.png", "docs/small.png"]
    subprocess.run(command, check=True)
    with Image.open(folder / "docs" / "small.png") as small:
        assert small.size == (1000, 40)
        assert len(small.getcolors()) <= 64
