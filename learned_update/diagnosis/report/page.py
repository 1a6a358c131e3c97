"""A page with the figure and the tables of a diagnosis, in one file."""

import base64
import html

from learned_update.diagnosis.report.numbers import tables
from learned_update.files import atomic_path

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 75em;
  padding: 0 1em; color: #222; }}
img {{ max-width: 100%; }}
section {{ overflow-x: auto; }}
table {{ border-collapse: collapse; margin: 0 0 1em; }}
th, td {{ padding: .2em .8em; text-align: right; border-bottom: 1px solid #ddd; }}
th:first-child, td:first-child {{ text-align: left; }}
</style>
</head>
<body>
<h1>{title}</h1>
<img src="data:image/png;base64,{figure}" alt="{alternative}">
{tables}
</body>
</html>
"""
_ALTERNATIVE = "Nine panels: losses, gradients, times, truncation bias, sensitivity, "
_ALTERNATIVE += "norms, shares of terms and losses per family; the tables below say it."


def write_page(findings, figure_path, path):
    """Writes an HTML page that needs no other file.

    Args:
        findings: `Findings`.
        figure_path: of the PNG.
        path: of the page.
    """
    text = _PAGE.format(
        title=html.escape(f"{findings.run}, outer step {findings.outer_step}"),
        figure=base64.b64encode(figure_path.read_bytes()).decode("ascii"),
        alternative=_ALTERNATIVE,
        tables="\n".join(
            _section(title, *table) for title, table in tables(findings).items()
        ),
    )
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _section(title, headings, rows):
    lines = [_row("th", headings), *(_row("td", row) for row in rows)]
    body = "\n".join(lines)
    return (
        f"<section><h2>{html.escape(title)}</h2>\n<table>\n{body}\n</table></section>"
    )


def _row(kind, cells):
    inner = "".join(f"<{kind}>{html.escape(cell)}</{kind}>" for cell in cells)
    return f"<tr>{inner}</tr>"
