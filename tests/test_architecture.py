"""The package is built as its picture says."""

import ast

import pytest

from tests import build_files, import_graph

_MODULES = pytest.mark.parametrize(
    "path", import_graph.modules(), ids=map(import_graph.name, import_graph.modules())
)

# Where a library may be imported: at the top of a module, or inside its functions.
_EAGER_TENSORFLOW = {"learned_update/backend/tensorflow.py"}
_LAZY_TENSORFLOW = (
    "learned_update/backend/tensorflow.py",
    "learned_update/data/tfds",  # TensorFlow Datasets
    "learned_update/export/",
    "learned_update/training/metrics_log.py",  # TensorBoard events
    "learned_update/zoo/checkpoint_reader.py",
)
_NO_GIN = {*import_graph.FOUNDATION} - {"configuration"} | {
    "backend",
    "checks",
    "ops",
    "meta",
}
_BUILD_FILES = build_files.build_files()


def _libraries(names):
    return {name.split(".")[0] for name in names}


@_MODULES
def test_imports_go_down(path):
    importer = import_graph.part(path)
    if importer == "__init__":
        return
    assert importer in import_graph.LEVEL, f"{importer} has no place in the picture"
    for imported in import_graph.parts_imported(path):
        assert imported in import_graph.LEVEL, f"{imported} has no place in the picture"
        assert import_graph.LEVEL[imported] < import_graph.LEVEL[importer] or {
            imported,
            importer,
        } <= set(import_graph.FOUNDATION), (
            f"{import_graph.name(path)} must not import {imported}"
        )


@_MODULES
def test_imports_are_absolute(path):
    names = import_graph.imports(import_graph.parse(path))
    assert not [name for name in names if name.startswith(".")]


def test_foundation_has_no_cycle():
    remaining = {
        part: import_graph.parts_imported(paths[0])
        for part, paths in import_graph.parts().items()
        if part in import_graph.FOUNDATION
    }
    while remaining:
        free = [
            part for part, needed in remaining.items() if not needed & set(remaining)
        ]
        assert free, f"these import each other in a circle: {sorted(remaining)}"
        for part in free:
            del remaining[part]


@_MODULES
def test_tensorflow_is_imported_only_where_it_is_used(path):
    tree, name = import_graph.parse(path), import_graph.name(path)
    tensorflow = {"tensorflow", "tensorflow_datasets", "tensorboard"}
    if tensorflow & _libraries(import_graph.imports(tree)):
        assert name.startswith(_LAZY_TENSORFLOW)
    if tensorflow & _libraries(import_graph.eager_imports(tree)):
        assert name in _EAGER_TENSORFLOW


@_MODULES
def test_jax_is_imported_only_by_its_backend(path):
    if not import_graph.name(path).startswith("learned_update/backend/jax"):
        names = import_graph.imports(import_graph.parse(path))
        assert not {"jax", "jaxlib"} & _libraries(names)


@_MODULES
def test_only_the_command_line_imports_the_whole_package(path):
    if import_graph.part(path) != "cli":
        assert not import_graph.imports_everything(path)


@_MODULES
def test_no_assert(path):
    tree = import_graph.parse(path)
    lines = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Assert)]
    assert not lines, "raise what learned_update.errors.invalid makes instead"


@_MODULES
def test_gin_stays_at_the_edge(path):
    tree = import_graph.parse(path)
    if import_graph.part(path) in _NO_GIN:
        assert "gin" not in _libraries(import_graph.imports(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            decorators = " ".join(ast.unparse(item) for item in node.decorator_list)
            assert "gin.configurable" not in decorators, (
                "gin.configurable breaks the construction of Keras layers: gin.register"
            )


@_MODULES
def test_docstring(path):
    assert ast.get_docstring(import_graph.parse(path))


def test_every_folder_is_a_package():
    folders = {path.parent for path in import_graph.modules()}
    assert not [folder for folder in folders if not (folder / "__init__.py").is_file()]


def test_gin_folder_does_not_hide_gin_config():
    assert not list((import_graph.ROOT / "gin").rglob("__init__.py"))


@pytest.mark.parametrize(
    "path",
    _BUILD_FILES,
    ids=map(import_graph.name, _BUILD_FILES),
)
def test_build_file_mirrors_the_imports(path):
    assert path.is_file(), "python -m tests.build_files writes it"
    assert path.read_text(encoding="utf-8") == _BUILD_FILES[path], (
        "python -m tests.build_files writes it anew"
    )


def test_build_files_need_no_load_statement():
    for path in import_graph.ROOT.rglob("BUILD"):
        if ".venv" not in path.parts:
            calls = ast.parse(path.read_text(encoding="utf-8")).body
            assert "load" not in {call.value.func.id for call in calls}
