"""What is installed is what the checkout holds."""

import importlib.util
import pathlib
import shutil
import subprocess
import sys
import zipfile

import gin
import pytest

from learned_update import configuration
from learned_update.registration import register_all
from learned_update.version import __version__
from tests import import_graph


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Names of the files in a wheel that was built from a copy of the checkout."""
    folder = tmp_path_factory.mktemp("packaging")
    checkout = folder / "checkout"
    checkout.mkdir()
    for item in ("learned_update", "gin"):
        shutil.copytree(
            import_graph.ROOT / item,
            checkout / item,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    for item in ("setup.py", "setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(import_graph.ROOT / item, checkout)
    pip = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
    subprocess.run(
        [*pip, "--quiet", "--wheel-dir", folder, checkout],
        check=True,
        capture_output=True,
    )
    (path,) = folder.glob("*.whl")
    return path


def test_wheel_has_version(wheel):
    assert wheel.name.startswith(f"learned_update-{__version__}-")


def test_wheel_has_configurations(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    installed = {name for name in names if name.endswith(".gin")}
    assert installed == {
        f"learned_update/gin/{name}" for name in configuration.gin_files()
    }


def test_wheel_has_every_module(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    assert names >= {import_graph.name(path) for path in import_graph.modules()}
    assert "learned_update/demo/style.css" in names
    assert {name.split("/")[0] for name in names} == {
        "learned_update",
        f"learned_update-{__version__}.dist-info",
    }


def test_checkout_does_not_hide_gin_config():
    done = subprocess.run(
        [sys.executable, "-c", "import gin; print(gin.__file__); gin.configurable"],
        cwd=import_graph.ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert pathlib.Path(done.stdout.strip()).parent != import_graph.ROOT / "gin"
    assert importlib.util.find_spec("gin").origin


@pytest.mark.parametrize("name", configuration.gin_files())
def test_gin_file_parses(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    register_all()
    gin.clear_config()
    configuration.load([name])
    gin.clear_config()


@pytest.mark.parametrize("name", configuration.gin_files())
def test_gin_file_says_where_it_comes_from(name):
    text = configuration.find(name).read_text(encoding="utf-8")
    assert text.startswith("# ")
    comment = text.split("\n\n")[0]
    assert "Source" in comment
    assert "Deviations" in comment


def test_wheel_has_the_shipped_rules(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    shipped = {name for name in names if name.startswith("learned_update/zoo/rules/")}
    assert shipped == {
        f"learned_update/zoo/rules/{name}.{suffix}"
        for name in ("glyphs", "images-v1", "universal-v1")
        for suffix in ("json", "keras")
    }


def test_wheel_has_the_shipped_episodes(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    folder = "learned_update/evaluation/episodes/episode_sets/"
    shipped = {name for name in names if name.startswith(folder)}
    assert shipped == {f"{folder}{x}.json" for x in ("fashion_mnist", "mnist")}
