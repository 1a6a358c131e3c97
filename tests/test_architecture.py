"""The package is built as its picture says. One test a rule, which lists offenders."""

import ast

from tests import build_files, house_map, import_graph

LARGEST_ROOM = 12  # modules, beside `__init__` and `__main__`

# Where a library may be imported: at the top of a module, or inside its functions.
_EAGER_TENSORFLOW = {
    "learned_update/backend/tensorflow.py",
    "learned_update/backend/tensorflow_devices.py",
    "learned_update/backend/tensorflow_memory.py",
    "learned_update/backend/tensorflow_products.py",
    "learned_update/benchmarks/engines/tensorflow.py",
    "learned_update/benchmarks/engines/tensorflow_flops.py",
    "learned_update/benchmarks/plain_tensorflow.py",
}
_LAZY_TENSORFLOW = (
    *_EAGER_TENSORFLOW,
    "learned_update/data/sources/tfds/",  # TensorFlow Datasets
    "learned_update/export/",
    "learned_update/training/runs/events.py",  # of TensorBoard
    "learned_update/zoo/released/checkpoint_reader.py",
)
_JAX = (
    "learned_update/backend/jax",
    "learned_update/benchmarks/ahead_of_time/tpu.py",
    "learned_update/benchmarks/engines/jax",
    "learned_update/benchmarks/plain_jax.py",
)
_TENSORFLOW = {"tensorflow", "tensorflow_datasets", "tensorboard"}
_NO_GIN = {*import_graph.FOUNDATION} | {
    "backend",
    "checks",
    "ops",
    "meta",
}


def _libraries(names):
    return {name.split(".")[0] for name in names}


def _offenders(rule):
    """What a rule says against modules, by the module's name."""
    said = {
        import_graph.name(path): rule(path, import_graph.parse(path))
        for path in import_graph.modules()
    }
    return {name: what for name, what in said.items() if what}


def test_imports_go_down():
    level = import_graph.LEVEL

    def up(path, _):
        importer = import_graph.part(path)
        imported = import_graph.parts_imported(path)
        if importer == "__init__":
            return None
        if not {importer, *imported} <= set(level):
            return {importer, *imported} - set(level)
        return {
            x
            for x in imported
            if level[x] >= level[importer]
            and not {x, importer} <= set(import_graph.FOUNDATION)
        }

    assert _offenders(up) == {}


def test_imports_are_absolute():
    def relative(_, tree):
        return [name for name in import_graph.imports(tree) if name.startswith(".")]

    assert _offenders(relative) == {}


def test_foundation_has_no_circle():
    needed = {
        part: import_graph.parts_imported(paths[0])
        for part, paths in import_graph.parts().items()
        if part in import_graph.FOUNDATION
    }
    assert import_graph.circle_among(needed) is None


def test_no_circle_inside_a_folder():
    circles = {
        import_graph.name(folder): import_graph.circle(folder)
        for folder in import_graph.folders()
        if folder != import_graph.PACKAGE
    }
    assert {name: circle for name, circle in circles.items() if circle} == {}


def test_rooms_are_small():
    sizes = {
        import_graph.name(folder): len(
            {path.stem for path in folder.glob("*.py")} - {"__init__", "__main__"}
        )
        for folder in import_graph.folders()
    }
    assert {name: size for name, size in sizes.items() if size > LARGEST_ROOM} == {}


def test_rooms_say_what_is_imported_from_outside():
    differing = {}
    for room in import_graph.rooms():
        said = import_graph.said_to_be_imported(room)
        imported = import_graph.imported_from_outside(room)
        if said != imported:
            differing[import_graph.name(room)] = {
                "said": sorted(said),
                "imported": sorted(imported),
            }
    assert differing == {}, "the last paragraph of the room's `__init__` lists them"


def test_tensorflow_is_imported_only_where_it_is_used():
    def imports_tensorflow(path, tree):
        name = import_graph.name(path)
        lazy = _TENSORFLOW & _libraries(import_graph.imports(tree))
        eager = _TENSORFLOW & _libraries(import_graph.eager_imports(tree))
        return (lazy and not name.startswith(_LAZY_TENSORFLOW)) or (
            eager and name not in _EAGER_TENSORFLOW
        )

    assert _offenders(imports_tensorflow) == {}


def test_jax_is_imported_only_where_it_is_used():
    def imports_jax(path, tree):
        if not import_graph.name(path).startswith(_JAX):
            return {"jax", "jaxlib"} & _libraries(import_graph.imports(tree))
        return None

    assert _offenders(imports_jax) == {}


def test_only_the_command_line_imports_the_whole_package():
    def everything(path, _):
        return import_graph.part(path) != "cli" and import_graph.imports_everything(
            path
        )

    assert _offenders(everything) == {}


def test_no_assert():
    def asserts(_, tree):
        return [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Assert)]

    found = _offenders(asserts)
    assert found == {}, "raise what learned_update.errors.invalid makes instead"


def test_gin_stays_at_the_edge():
    def imports_gin(path, tree):
        return import_graph.part(path) in _NO_GIN and "gin" in _libraries(
            import_graph.imports(tree)
        )

    assert _offenders(imports_gin) == {}


def test_no_class_is_gin_configurable():
    def configurable(_, tree):
        return [
            node.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef)
            and "gin.configurable" in " ".join(map(ast.unparse, node.decorator_list))
        ]

    found = _offenders(configurable)
    assert found == {}, "it breaks the construction of Keras layers: gin.register"


def test_docstrings():
    assert _offenders(lambda _, tree: not ast.get_docstring(tree)) == {}


def test_every_folder_is_a_package():
    folders = import_graph.folders()
    assert not [folder for folder in folders if not (folder / "__init__.py").is_file()]


def test_gin_folder_does_not_hide_gin_config():
    assert not list((import_graph.ROOT / "gin").rglob("__init__.py"))


def test_build_files_mirror_the_imports():
    differing = [
        import_graph.name(path)
        for path, text in build_files.build_files().items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    assert not differing, "python -m tests.build_files writes them anew"


def test_build_files_need_no_load_statement():
    for path in import_graph.ROOT.rglob("BUILD"):
        if ".venv" not in path.parts:
            calls = ast.parse(path.read_text(encoding="utf-8")).body
            assert "load" not in {call.value.func.id for call in calls}


def test_contributing_has_the_map():
    _, written, _ = house_map.parts_of_page()
    assert written == house_map.house_map(), "python -m tests.house_map writes it anew"
