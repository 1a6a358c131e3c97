"""What imports what in the package, read off its source."""

import ast
import functools
import graphlib
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "learned_update"

OUTSIDE = "From outside: "  # how the last paragraph of a room's docstring begins

# From the bottom up; a part imports from lower lines only.
PICTURE = (
    (
        "types",
        "errors",
        "files",
        "progress",
        "randomness",
        "cache",
        "lazy",
        "run_metrics",
        "version",
        "keras_backend",
    ),
    ("archives", "configuration"),
    ("backend",),
    ("checks",),
    ("ops",),
    ("layers",),
    ("meta", "data"),
    ("few_shot",),
    ("baselines",),
    ("zoo", "export"),
    ("training", "evaluation", "estimator"),
    ("reproductions",),
    ("registration",),
    ("benchmarks", "demo", "diagnosis"),
    ("cli",),
    ("__main__",),
)
FOUNDATION = PICTURE[0]  # single modules, which may import each other
LEVEL = {part: level for level, parts in enumerate(PICTURE) for part in parts}


def modules():
    """All modules of the package, as paths."""
    return sorted(PACKAGE.rglob("*.py"))


def folders():
    """All folders of the package that hold modules."""
    return sorted({path.parent for path in modules()})


def rooms():
    """Folders inside the folders of the picture: what the picture does not show."""
    return [
        folder for folder in folders() if len(folder.relative_to(PACKAGE).parts) > 1
    ]


def name(path):
    """Name of a module relative to the checkout, with forward slashes."""
    return path.relative_to(ROOT).as_posix()


@functools.cache
def parse(path):
    """Syntax tree of a module."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def part(path):
    """Folder or top-level module of the package that a module belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(tree):
    """Absolute dotted names that a tree imports, wherever it does so.

    `from package import x` gives `package.x` if that is a module of this package.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield "." * node.level + (node.module or "")
            elif node.module == "learned_update":
                yield from (f"learned_update.{alias.name}" for alias in node.names)
            else:
                yield from {
                    full if is_module(full) else node.module
                    for full in (f"{node.module}.{alias.name}" for alias in node.names)
                }


@functools.cache
def imports_of(path):
    """`imports` of a module, each once."""
    return frozenset(imports(parse(path)))


@functools.cache
def is_module(dotted):
    """Whether a dotted name is a module or folder of the package."""
    path = ROOT.joinpath(*dotted.split("."))
    return dotted.startswith("learned_update.") and (
        path.is_dir() or path.with_suffix(".py").is_file()
    )


def eager_imports(tree):
    """Those of `imports` that run when the module is imported."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from imports(ast.Module(body=[node], type_ignores=[]))
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from eager_imports(node)


def parts_imported(path):
    """Parts of the package that a module imports, its own left out."""
    found = {
        imported.split(".")[1]
        for imported in imports_of(path)
        if imported.startswith("learned_update.")
    }
    return found - {part(path)}


def imports_everything(path):
    """Whether a module imports the package itself."""
    return "learned_update" in imports_of(path)


def parts():
    """Parts of the package that exist, with their modules."""
    grouped = {}
    for path in modules():
        if path != PACKAGE / "__init__.py":
            grouped.setdefault(part(path), []).append(path)
    return grouped


def dotted(path):
    """Dotted name of a module or folder."""
    parts_ = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts_[:-1] if parts_[-1] == "__init__" else parts_)


def circle(folder):
    """Rooms and modules of one folder that import one another in a circle, or None.

    A room counts as one, with all that is inside it; the folder's own `__init__`
    imports whatever it likes, and nothing inside may import it.
    """
    inside = dotted(folder)
    needed = {}
    for path in sorted(folder.rglob("*.py")):
        child = path.relative_to(folder).parts[0].removesuffix(".py")
        if child in ("__init__", "__main__"):
            continue
        children = needed.setdefault(child, set())
        for imported in imports_of(path):
            if f"{imported}.".startswith(f"{inside}."):
                rest = imported[len(inside) + 1 :]
                children.add(rest.split(".")[0] if rest else "__init__")
        children.discard(child)
    needed["__init__"] = set(needed) - {"__init__"}
    return circle_among(needed)


def circle_among(needed):
    """A circle in a mapping from nodes to the nodes that they need, or None."""
    try:
        graphlib.TopologicalSorter(needed).prepare()
    except graphlib.CycleError as error:
        return error.args[1]
    return None


def said_to_be_imported(room):
    """Names that the last paragraph of a room's docstring lists."""
    last = ast.get_docstring(parse(room / "__init__.py")).split("\n\n")[-1]
    if not last.startswith(OUTSIDE):
        return set()
    return set(re.findall(r"`([^`]+)`", last))


def imported_from_outside(room):
    """Names inside a room that modules elsewhere in the package import.

    The `__init__` of the folders around the room count as outside. A module is named
    as seen from the room, and the room's own `__init__` as `__init__`.
    """
    inside = dotted(room)
    found = set()
    for path in modules():
        if room in path.parents:
            continue
        for imported in imports_of(path):
            if f"{imported}.".startswith(f"{inside}."):
                found.add(imported[len(inside) + 1 :] or "__init__")
    return found
