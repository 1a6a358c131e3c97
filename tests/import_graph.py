"""What imports what in the package, read off its source."""

import ast
import functools
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "learned_update"

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
        "configuration",
    ),
    ("backend",),
    ("checks",),
    ("ops",),
    ("layers",),
    ("meta", "data", "baselines"),
    ("zoo", "export"),
    ("training", "evaluation", "estimator"),
    ("reproductions",),
    ("cli",),
)
FOUNDATION = PICTURE[0]  # single modules, which may import each other
LEVEL = {part: level for level, parts in enumerate(PICTURE) for part in parts}


def modules():
    """All modules of the package, as paths."""
    return sorted(PACKAGE.rglob("*.py"))


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
    """Absolute dotted names that a tree imports, wherever it does so."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield "." * node.level + (node.module or "")
            elif node.module == "learned_update":
                yield from (f"learned_update.{alias.name}" for alias in node.names)
            else:
                yield node.module


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
        for imported in imports(parse(path))
        if imported.startswith("learned_update.")
    }
    return found - {part(path)}


def imports_everything(path):
    """Whether a module imports the package itself."""
    return "learned_update" in imports(parse(path))


def parts():
    """Parts of the package that exist, with their modules."""
    grouped = {}
    for path in modules():
        if path != PACKAGE / "__init__.py":
            grouped.setdefault(part(path), []).append(path)
    return grouped
