"""The documentation builds, without a warning; its generated pages are complete."""

import inspect
import os
import re
import subprocess
import sys

import gin
import pytest

import learned_update
from learned_update.registration import register_all
from tests.import_graph import ROOT

ADDRESS = re.compile(r'(?:src|href)="(https?:[^"]+)"')


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", folder],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return folder


def test_every_binding_is_on_the_configuration_page(site):
    register_all()
    page = (site / "configuration.html").read_text(encoding="utf-8")
    parts = dict(
        re.findall(r'<h2 id="[^"]*"><code>(\w+)</code>(.*?)(?=<h2|\Z)', page, re.DOTALL)
    )
    bindings = 0
    for _, entry in gin.config._REGISTRY.items():
        if not entry.wrapped.__module__.startswith("learned_update."):
            continue
        for name, parameter in inspect.signature(entry.wrapped).parameters.items():
            if parameter.kind is not parameter.VAR_KEYWORD:
                row = rf"<tr>\s*<td><code>{name}</code></td>\s*<td>(.+?)</td>"
                (cells,) = re.findall(row + r"\s*<td>(.*?)</td>", parts[entry.name])
                assert cells[1].strip(), (entry.name, name)
                bindings += 1
    assert bindings > 100


def test_every_public_name_is_in_the_reference(site):
    page = (site / "reference.html").read_text(encoding="utf-8")
    found = set(re.findall(r'id="learned_update\.[\w.]*?(\w+)"', page))
    assert found >= set(learned_update.__all__) - {"__version__"}


def test_nothing_is_fetched_from_elsewhere(site):
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        fetched = re.findall(r"<(?:script|link|img)[^>]*>", text)
        assert not ADDRESS.findall("".join(fetched)), page


def test_the_rule_that_ships_has_its_card(site):
    page = (site / "zoo.html").read_text(encoding="utf-8")
    assert learned_update.rule_card("glyphs").sha256 in page
