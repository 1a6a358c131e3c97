"""The page in a real process, as Gradio's own client sees it."""

import concurrent.futures
import io
import re
import sys
import urllib.error
import urllib.request

import numpy as np
import pytest

from tests.demo.served import listening_addresses, served
from tests.demo.zips import digits_zip

gradio_client = pytest.importorskip("gradio_client")
UNITS = "8, 4"
STEPS = 2


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    with served(folder) as page:
        yield page


@pytest.fixture
def client(page):
    return _client(page)


def _client(page):
    return gradio_client.Client(page.url, verbose=False, analytics_enabled=False)


def _take(client, *paths):
    """HTML that the page says of files."""
    files = [gradio_client.handle_file(str(path)) for path in paths]
    return client.predict(files, api_name="/take")[1]


def _learn(client, steps=STEPS):
    """HTML of the last stage."""
    return client.predict("glyphs", UNITS, steps, api_name="/learn")


def _features(page, html):
    (address,) = re.findall(r'href="([^"]*features\.npz)"', html)
    with urllib.request.urlopen(f"{page.url}/{address}") as answer:
        return np.load(io.BytesIO(answer.read()), allow_pickle=False)["X"]


def _status(request):
    """Status and text of an answer."""
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_it_listens_on_loopback_only(page):
    assert listening_addresses(page.process.pid) == {("0100007F", page.port)}


def test_the_page_names_no_other_address(page):
    _, html = _status(page.url)
    fetched = re.findall(r"<(?:script|link|img)[^>]*>", html)
    assert not [
        tag for tag in fetched if re.search(r"(?:src|href)=\"(https?:)?//", tag)
    ]


def test_a_folder_of_digits_becomes_features(page, client, tmp_path):
    html = _take(client, digits_zip(tmp_path / "digits.zip"))
    assert "60 images, 8 &times; 8, grey, 3 classes" in html
    html = _learn(client)
    assert _features(page, html).shape == (60, 4)
    links = re.findall(r'href="(download/[^"]+)"', html)
    assert [_status(f"{page.url}/{link}")[0] for link in links[1:2]] == [200]
    assert _status(f"{page.url}/{links[0].replace('features.npz', 'other')}")[0] == 404


def test_two_at_once_get_what_each_gets_alone(page, tmp_path):
    zips = [
        digits_zip(tmp_path / f"{first}.zip", first=first, classes=classes)
        for first, classes in ((0, (0, 1, 2)), (20, (3, 4, 5)))
    ]

    def visit(path):
        client = _client(page)
        _take(client, path)
        return _features(page, _learn(client))

    alone = [visit(path) for path in zips]
    assert np.abs(alone[0] - alone[1]).max() > 0.01
    with concurrent.futures.ThreadPoolExecutor() as pool:
        together = list(pool.map(visit, zips * 2))
    for features, expected in zip(together, alone * 2, strict=True):
        np.testing.assert_array_equal(features, expected)


def test_a_mistake_in_a_table_is_named(client, tmp_path):
    path = tmp_path / "flowers.csv"
    path.write_text("length,species\n1.5,iris\n2.l,rose\n0.5,rose\n")
    html = _take(client, path)
    assert html.startswith('<p class="lu-error"')
    assert "flowers.csv has a cell that is no finite number" in html
    assert "row 3, column 1" in html
    assert "There is nothing to learn from yet" in _learn(client)


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
    status, text = _status(_upload(page, [2**20 + 1]))
    assert (status, text) == (
        413,
        "File size exceeded maximum allowed size of 1048576 bytes.",
    )
    status, text = _status(_upload(page, [2**19] * 4))
    assert status == 413
    assert "Expected: at most 1 MB in all." in text
    assert _status(_upload(page, [10]))[0] == 200


def test_another_file_of_the_machine_is_not_read(page, client, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("1,2\n3,4\n")
    assert _status(f"{page.url}/gradio_api/file={secret}")[0] in (403, 404)
    named = {"path": str(secret), "meta": {"_type": "gradio.FileData"}}
    with pytest.raises(Exception, match="(?i)error|not in|upload"):
        client.predict([named], api_name="/take")


def test_nothing_stays_when_it_ends(page, client, tmp_path):
    """The last test of this file: it ends the page."""
    _take(client, digits_zip(tmp_path / "digits.zip", each=2))
    assert list(page.folder.glob("learned-update-demo-*/visits/*/*"))
    status, errors = page.end()
    assert (status, errors.splitlines()) == (
        143,
        ["", "The page is closed; what was uploaded is removed."],
    )
    assert list(page.folder.iterdir()) == []
