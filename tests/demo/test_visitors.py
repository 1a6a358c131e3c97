"""Visitors of one page who learn, alone and at once, as Gradio's own clients."""

import concurrent.futures
import re

import numpy as np
import pytest

from tests.demo.served import client, features, learn, served, status, take
from tests.demo.zips import digits_zip

pytest.importorskip("gradio")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    with served(tmp_path_factory.mktemp("page")) as page:
        yield page


def test_a_folder_of_digits_becomes_features(page, tmp_path):
    visitor = client(page)
    html = take(visitor, digits_zip(tmp_path / "digits.zip"))
    assert "60 images, 8 &times; 8, grey, 3 classes" in html
    html = learn(visitor)
    assert features(page, html).shape == (60, 4)
    links = re.findall(r'href="(download/[^"]+)"', html)
    assert len(links) == 4
    assert [status(f"{page.url}/{link}")[0] for link in links[1:2]] == [200]
    assert status(f"{page.url}/{links[0].replace('features.npz', 'other')}")[0] == 404


def test_two_at_once_get_what_each_gets_alone(page, tmp_path):
    zips = [
        digits_zip(tmp_path / f"{first}.zip", first=first, classes=classes)
        for first, classes in ((0, (0, 1, 2)), (20, (3, 4, 5)))
    ]

    def visit(path):
        visitor = client(page)
        take(visitor, path)
        return features(page, learn(visitor))

    alone = [visit(path) for path in zips]
    assert np.abs(alone[0] - alone[1]).max() > 0.01
    with concurrent.futures.ThreadPoolExecutor() as pool:
        together = list(pool.map(visit, zips * 2))
    for found, expected in zip(together, alone * 2, strict=True):
        np.testing.assert_array_equal(found, expected)
