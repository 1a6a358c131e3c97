"""The blocks of code in a page of the documentation, and how they are run."""

import re
import shlex

import gin

from learned_update.cli import main

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def section(page, title):
    """Text between a heading of a page and the next one."""
    (found,) = re.findall(
        rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)",
        page.read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    return found


def run_blocks(page, title, smaller=None, **names):
    """Runs the Python and shell blocks of a section, in order.

    Args:
        page: path of the page.
        title: of the section.
        smaller: `{verb: arguments}` that are added to a command.
        **names: what the Python blocks find.

    Returns:
        The names after the last block.
    """
    kinds = []
    for kind, code in BLOCK.findall(section(page, title)):
        gin.clear_config()
        if kind == "python":
            exec(compile(code, f"{page.name}, {title}", "exec"), names)
        elif kind == "bash":
            for line in code.splitlines():
                program, *arguments = shlex.split(line, comments=True)
                assert program == "learned-update"
                arguments += (smaller or {}).get(arguments[0], ())
                assert main.main(arguments) == 0
        kinds.append(kind)
    assert kinds
    return names
