"""`learned_update.configure`: gin files from Python, without knowledge of modules."""

import ast
import os
import subprocess
import sys

import gin
import pytest

import learned_update as lu
from learned_update.registration import register_all
from tests import import_graph

FRESH = """
import learned_update as lu
lu.configure(["experiments/quickstart.gin"], ["meta_train.seed = 7"])
import gin
print(gin.query_parameter("meta_train.seed"))
print(gin.query_parameter("experiment.report").selector)
"""


@pytest.fixture(autouse=True)
def _clean_gin():
    gin.clear_config()
    yield
    gin.clear_config()


def _registers(path):
    """Whether a module registers something with gin."""
    return any(
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "gin"
        and node.attr in ("configurable", "register", "external_configurable")
        for node in ast.walk(import_graph.parse(path))
    )


def test_in_a_fresh_process(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", FRESH],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(import_graph.ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.split() == ["7", "report"]


def test_every_part_that_registers_names_is_imported():
    parts = {module.__name__.split(".")[1] for module in register_all()}
    registering = {
        import_graph.part(path) for path in import_graph.modules() if _registers(path)
    }
    assert parts == registering - {"benchmarks"}  # which gives its names to itself


def test_another_call_replaces_the_configuration():
    lu.configure("tasks/digits.gin", "meta_train.seed = 3")
    assert gin.query_parameter("meta_train.seed") == 3
    lu.configure(bindings=["meta_train.outer_steps = 4"])
    lines = gin.config_str().splitlines()
    bindings = [line for line in lines if line and not line.startswith("#")]
    assert bindings == ["meta_train.outer_steps = 4"]


@pytest.mark.parametrize(
    ("files", "bindings", "message"),
    [
        ("experiments/quickstrat.gin", (), "Did you mean 'experiments/quickstart.gin'"),
        ((), "meta_trian.seed = 3", "Did you mean 'meta_train'"),
        ((), "meta_train.sed = 3", "Did you mean 'seed'"),
        ("tasks/digits.gin", "SEED = 3", "macro 'SEED' is bound, but nothing uses it"),
    ],
)
def test_after_an_error_everything_is_as_it_was(files, bindings, message):
    lu.configure(bindings="meta_train.seed = 3")
    before = gin.config_str()
    with pytest.raises(ValueError, match=message):
        lu.configure(files, bindings)
    assert gin.config_str() == before
