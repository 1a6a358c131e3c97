"""Rules from a web server of this machine."""

import contextlib
import functools
import http.server
import os
import pathlib
import socket
import threading

import pytest

from learned_update.zoo import add_rule, downloads, load_rule, rule_card
from tests.zoo.small_rules import assert_same_theta, card_of, tampered, with_card

pytest.importorskip("aiohttp")


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder, refuses what is secret, counts the requests."""

    def do_GET(self):
        self.server.requests.append(self.path)
        if "secret" in self.path:
            self.send_error(403)
        elif "broken" in self.path:
            self.send_error(500)
        else:
            super().do_GET()

    def log_message(self, *_):
        """Says nothing."""


@pytest.fixture
def server(saved):
    """`(address, requests)` of a server of the folder of `saved`."""
    handler = functools.partial(_Handler, directory=str(saved.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        running.requests = []
        thread = threading.Thread(target=running.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}", running.requests
        running.shutdown()
        thread.join()


def _cached():
    """Names of the files and empty folders of the cache."""
    return [
        name
        for folder, folders, names in os.walk(downloads.downloads_folder())
        if folder != str(downloads.downloads_folder())
        for name in (sorted(names) if names or folders else [folder])
    ]


def test_folder_of_the_cache(monkeypatch):
    monkeypatch.setenv("LEARNED_UPDATE_CACHE", "/a")
    assert downloads.downloads_folder() == pathlib.Path("/a/rules")
    monkeypatch.delenv("LEARNED_UPDATE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/b")
    assert downloads.downloads_folder() == pathlib.Path("/b/learned_update/rules")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/c")
    assert downloads.downloads_folder() == pathlib.Path(
        "/c/.cache/learned_update/rules"
    )


def test_downloaded_once(server, saved, small_rule):
    address, requests = server
    url = f"{address}/mine.keras"
    assert_same_theta(load_rule(url), small_rule)
    assert requests == ["/mine.json", "/mine.keras"]
    assert_same_theta(load_rule(url), small_rule)
    assert len(requests) == 2
    assert _cached() == ["mine.keras"]


def test_added_with_its_card(server, saved):
    address, _ = server
    with_card(saved, origin="their run")
    card = add_rule(f"{address}/mine.keras", "theirs")
    assert card == card_of(saved, name="theirs", origin="their run")
    assert rule_card("theirs") == card


def test_added_without_a_card(server, saved, small_rule):
    address, _ = server
    url = f"{address.replace('//', '//user:password@')}/mine.keras?token=3"
    sha256 = card_of(saved).sha256
    card = add_rule(url, sha256=sha256)
    assert (card.name, card.origin) == ("mine", f"{address}/mine.keras")
    assert card.sha256 == sha256
    assert_same_theta(load_rule("mine"), small_rule)


def test_nothing_there(server):
    address, _ = server
    with pytest.raises(FileNotFoundError, match="absent.keras cannot be downloaded"):
        load_rule(f"{address}/absent.keras")
    with pytest.raises(FileNotFoundError, match="Received: status 403"):
        load_rule(f"{address}/secret.keras")
    assert _cached() == []


def test_broken_server(server):
    address, _ = server
    with pytest.raises(OSError, match="Received: status 500. Check the address"):
        load_rule(f"{address}/broken.keras")
    assert _cached() == []


def test_no_server():
    with contextlib.closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(OSError, match=r"mine\.keras cannot be downlo.*Cannot connect"):
        load_rule(f"http://127.0.0.1:{port}/mine.keras")
    assert _cached() == []


def test_wrong_hash_is_not_kept(server, saved, small_rule, user_rules):
    """Once the server has the right file, it is downloaded anew."""
    address, _ = server
    url = f"{address}/mine.keras"
    content = saved.read_bytes()
    with_card(saved)
    tampered(saved)
    for function in (load_rule, add_rule):
        with pytest.raises(ValueError, match=r"mine\.keras is not the file that was"):
            function(url)
        assert _cached() == []
    assert not user_rules.exists()
    saved.write_bytes(content)
    assert_same_theta(load_rule(url), small_rule)


def test_hash_of_the_caller(server, saved):
    address, _ = server
    with pytest.raises(ValueError, match="Expected: SHA-256 2222"):
        load_rule(f"{address}/mine.keras", sha256="2" * 64)
    assert _cached() == []


def test_page_instead_of_a_rule(server, saved):
    address, _ = server
    (saved.parent / "page.keras").write_text("<html>")
    with pytest.raises(ValueError, match="holds no update rule"):
        load_rule(f"{address}/page.keras")
    assert _cached() == []


@pytest.mark.parametrize(
    "url", ["ftp://a/b.keras", "https://a/b.h5", "file:///a.keras", "s3://a/b.keras"]
)
def test_other_addresses(url):
    with pytest.raises(ValueError, match="This is no address of a rule") as caught:
        load_rule(url)
    assert f"http://, https://, gs://... that ends with .keras. Received: {url}" in str(
        caught.value
    )


def test_library_that_is_missing(monkeypatch):
    import fsspec

    def missing(url):
        raise ImportError("Please install gcsfs")

    monkeypatch.setattr(fsspec, "url_to_fs", missing)
    with pytest.raises(ValueError, match="begin with gs://.*gcsfs.*pip install"):
        load_rule("gs://bucket/mine.keras")


def test_google_storage_goes_through_the_same_library(monkeypatch, saved, small_rule):
    import fsspec

    class Files:
        def get_file(self, remote, local):
            if remote != "bucket/mine.keras":
                raise FileNotFoundError(remote)
            with open(local, "wb") as file:
                file.write(saved.read_bytes())

    def url_to_fs(url):
        return Files(), url.removeprefix("gs://")

    monkeypatch.setattr(fsspec, "url_to_fs", url_to_fs)
    assert_same_theta(load_rule("gs://bucket/mine.keras"), small_rule)


def test_names_from_the_web_stay_in_the_cache():
    path = downloads.local_path("https://a/b/..%2f..%2fx y.keras")
    assert path.name == "x_y.keras"
    assert path.parent.parent == downloads.downloads_folder()
    other = downloads.local_path("https://c/x y.keras")
    assert other.name == path.name
    assert other.parent != path.parent
