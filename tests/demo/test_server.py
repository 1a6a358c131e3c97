"""The page in a real process, as Gradio's own client sees it."""

import json
import re
import sys
import urllib.error
import urllib.request

import pytest

from tests.demo.served import (
    client,
    learn,
    listening_addresses,
    served,
    status,
    take,
)
from tests.demo.zips import digits_zip

pytest.importorskip("gradio")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    with served(folder) as page:
        yield page


@pytest.fixture
def visitor(page):
    return client(page)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_it_listens_on_loopback_only(page):
    assert listening_addresses(page.process.pid) == {("0100007F", page.port)}


def test_the_page_names_no_other_address(page):
    _, html = status(page.url)
    fetched = re.findall(r"<(?:script|link|img)[^>]*>", html)
    assert not [
        tag for tag in fetched if re.search(r"(?:src|href)=\"(https?:)?//", tag)
    ]


def test_a_mistake_in_a_table_is_named(visitor, tmp_path):
    path = tmp_path / "flowers.csv"
    path.write_text("length,species\n1.5,iris\n2.l,rose\n0.5,rose\n")
    html = take(visitor, path)
    assert html.startswith('<p class="lu-error"')
    assert "flowers.csv has a cell that is no finite number" in html
    assert "row 3, column 1" in html
    assert "There is nothing to learn from yet" in learn(visitor)


def _upload(page, sizes):
    parts = "".join(
        f'--x\r\nContent-Disposition: form-data; name="files"; filename="{n}.csv"'
        f"\r\n\r\n{'1' * size}\r\n"
        for n, size in enumerate(sizes)
    )
    return urllib.request.Request(
        f"{page.url}/gradio_api/upload",
        data=f"{parts}--x--\r\n".encode(),
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    )


def test_an_upload_over_the_limit_is_refused(page):
    code, text = status(_upload(page, [2**20 + 1]))
    assert (code, text) == (
        413,
        "File size exceeded maximum allowed size of 1048576 bytes.",
    )
    code, text = status(_upload(page, [2**19] * 4))
    assert code == 413
    assert "Expected: at most 1 MB in all." in text
    assert status(_upload(page, [10]))[0] == 200


def test_another_file_of_the_machine_is_not_read(page, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("1,2\n3,4\n")
    assert status(f"{page.url}/gradio_api/file={secret}")[0] in (403, 404)
    named = {"path": str(secret), "meta": {"_type": "gradio.FileData"}}
    call = urllib.request.Request(
        f"{page.url}/gradio_api/call/take",
        data=json.dumps({"data": [[named]], "session_hash": "other"}).encode(),
        headers={"Content-Type": "application/json"},
    )
    event = json.loads(status(call)[1])["event_id"]
    text = status(f"{page.url}/gradio_api/call/take/{event}")[1]
    assert "event: error" in text
    assert "2 rows" not in text


def test_nothing_stays_when_it_ends(page, visitor, tmp_path):
    """The last test of this file: it ends the page."""
    take(visitor, digits_zip(tmp_path / "digits.zip", each=2))
    assert list(page.folder.glob("learned-update-demo-*/visits/*/*"))
    code, errors = page.end()
    assert (code, errors.splitlines()[-2:]) == (  # libraries may write before
        143,
        ["", "The page is closed; what was uploaded is removed."],
    )
    assert "Traceback" not in errors
    assert list(page.folder.iterdir()) == []
