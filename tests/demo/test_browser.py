"""The page in a headless Chromium, with nothing of the internet in reach."""

import os
import re
import shutil
import urllib.parse

import numpy as np
import pytest

from tests.demo.served import served
from tests.demo.zips import digits_zip

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
WIDTHS = {"desktop": 1280, "telephone": 390}


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    with served(tmp_path_factory.mktemp("page")) as page:
        yield page


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("No Chromium is installed.")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox"] if os.geteuid() == 0 else [],
        )
        yield browser
        browser.close()


@pytest.fixture(params=WIDTHS.values(), ids=WIDTHS)
def tab(page, browser, request):
    """The open page, and the hosts that it asked."""
    tab = browser.new_page(viewport={"width": request.param, "height": 900})
    hosts, failures = set(), []
    tab.on("request", lambda x: hosts.add(urllib.parse.urlsplit(x.url).netloc))
    tab.on("pageerror", lambda error: failures.append(str(error)))
    tab.goto(page.url)
    tab.wait_for_selector("#learn")
    yield tab
    assert hosts - {""} == {urllib.parse.urlsplit(page.url).netloc}
    assert failures == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= request.param
    tab.close()


def _drop(tab, path):
    tab.set_input_files("#files input[type=file]", str(path))


def test_digits_are_learned_and_taken_away(tab, tmp_path):
    _drop(tab, digits_zip(tmp_path / "digits.zip"))
    tab.wait_for_selector(".lu-summary >> text=60 images")
    tab.fill("#units textarea, #units input", "8, 4")
    tab.click("#learn")
    tab.wait_for_selector(".lu-downloads")
    assert tab.inner_text(".lu-progress span").startswith("3 of 3 inner steps in")
    assert tab.inner_text("figcaption >> nth=0").startswith("Features")
    assert tab.locator(".lu-scatter path").count() == 3
    assert tab.locator(".lu-fields img").evaluate("x => x.naturalWidth") == 28
    assert re.search(r"[\d.]+ %", tab.text_content(".lu-line .lu-value"))
    with tab.expect_download() as download:
        tab.click("text=features.npz")
    download.value.save_as(tmp_path / "features.npz")
    with np.load(tmp_path / "features.npz") as arrays:
        assert arrays["X"].shape == (60, 4)


def test_mistakes_are_said_on_the_page(tab, tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("a,b\n1,2\n3,x\n5,6\n")
    _drop(tab, path)
    tab.wait_for_selector(".lu-error >> text=in row 3, column 2")
    large = tmp_path / "large.csv"
    large.write_bytes(bytes(2**20 + 1))
    _drop(tab, large)
    tab.wait_for_selector("text=exceed the maximum allowed size of 1.0 Mb")
