"""The map of the package in CONTRIBUTING.md, read off the rooms' docstrings.

`python -m tests.house_map` writes it anew.
"""

import ast

from tests import import_graph

CONTRIBUTING = import_graph.ROOT / "CONTRIBUTING.md"
BEGIN = "<!-- map: python -m tests.house_map -->\n"
END = "<!-- end of map -->\n"


def house_map():
    """A table of folders and rooms, from the top of the picture down."""
    rows = ["| room | what is inside |\n", "| --- | --- |\n"]
    for level in reversed(import_graph.PICTURE):
        for part in level:
            folder = import_graph.PACKAGE / part
            if folder.is_dir():
                rows += [_row(each) for each in _folders(folder)]
    return "".join(rows)


def _folders(folder):
    return [x for x in import_graph.folders() if folder in (x, *x.parents)]


def _row(folder):
    docstring = ast.get_docstring(import_graph.parse(folder / "__init__.py"))
    sentence = " ".join(docstring.split("\n\n")[0].split())
    depth = len(folder.relative_to(import_graph.PACKAGE).parts) - 1
    shown = (
        f"`{folder.name}/`" if not depth else f"{2 * depth * '&nbsp;'}`{folder.name}/`"
    )
    return f"| {shown} | {sentence} |\n"


def parts_of_page():
    """The page before, on and after the map."""
    before, rest = CONTRIBUTING.read_text(encoding="utf-8").split(BEGIN)
    written, after = rest.split(END)
    return before, written, after


if __name__ == "__main__":
    before, _, after = parts_of_page()
    CONTRIBUTING.write_text(
        before + BEGIN + house_map() + END + after, encoding="utf-8"
    )
