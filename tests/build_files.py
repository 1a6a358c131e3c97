"""What the BUILD files of the package say, read off the imports.

`python -m tests.build_files` writes them anew.
"""

from tests import import_graph

_HEADER = """\
# Bazel targets; native rules, so no load statement. The libraries of setup.py are
# expected in the Python that runs them.
package(default_visibility = ["//visibility:public"])
"""

DATA = {  # files that a folder ships beside its modules
    "configuration": '["//gin"]',
    "few_shot": 'glob(["episodes/class_lists/*"])',
    "evaluation": 'glob(["episodes/episode_sets/*"])',
    "demo": '["style.css"]',
    "zoo": 'glob(["rules/*"])',
}


def build_files():
    """Mapping from the paths of the BUILD files to what they say."""
    parts = import_graph.parts()
    folders = [part for part in parts if (import_graph.PACKAGE / part).is_dir()]
    files = {
        import_graph.PACKAGE / part / "BUILD": _HEADER
        + _library(
            part, 'glob(["**/*.py"])', _dependencies(parts[part]), DATA.get(part, "")
        )
        for part in folders
    }
    files[import_graph.PACKAGE / "BUILD"] = _HEADER + _top_level(parts, folders)
    return files


def _top_level(parts, folders):
    modules = [part for part in parts if part not in folders]
    foundation = [part for part in modules if part in import_graph.FOUNDATION]
    sources = _list([f"{part}.py" for part in foundation])
    targets = [_library("foundation", sources, [])]
    targets += [
        _library(part, f'["{part}.py"]', _dependencies(parts[part]))
        for part in modules
        if part not in foundation
    ]
    everything = sorted(
        {_label(part) for part in parts if part not in ("cli", "__main__")}
    )
    targets.append(_library("learned_update", '["__init__.py"]', everything))
    return "".join(targets)


def _dependencies(paths):
    imported = set().union(*(import_graph.parts_imported(path) for path in paths))
    labels = {_label(part) for part in imported}
    if any(import_graph.imports_everything(path) for path in paths):
        labels.add("//learned_update")
    return sorted(labels)


def _label(part):
    if part in import_graph.FOUNDATION:
        return "//learned_update:foundation"
    if (import_graph.PACKAGE / part).is_dir():
        return f"//learned_update/{part}"
    return f"//learned_update:{part}"


def _library(name, sources, dependencies, data=""):
    lines = ["", "py_library(", f'    name = "{name}",', f"    srcs = {sources},"]
    if data:
        lines.append(f"    data = {data},")
    if dependencies:
        lines.append(f"    deps = {_list(dependencies)},")
    return "\n".join([*lines, ")", ""])


def _list(items):
    if len(items) == 1:
        return f'["{items[0]}"]'
    return "\n".join(["[", *(f'        "{item}",' for item in items), "    ]"])


if __name__ == "__main__":
    for path, text in build_files().items():
        path.write_text(text, encoding="utf-8")
