"""The page in a process of its own, for tests of the server and in a browser."""

import contextlib
import io
import os
import pathlib
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import numpy as np

from tests.import_graph import ROOT

ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)")
MEGABYTES = 1
UNITS, STEPS = "8, 4", 2


class Served:
    """A running page.

    Attributes:
        process: `subprocess.Popen`.
        folder: where its temporary files are.
        url: of the page.
    """

    def __init__(self, process, folder):
        self.process = process
        self.folder = folder
        line = process.stdout.readline()
        assert ADDRESS.search(line), line + process.stderr.read()
        self.url = ADDRESS.search(line).group()

    @property
    def port(self):
        return int(self.url.rsplit(":", 1)[1])

    def end(self):
        """Asks it to end; exit status, and what it wrote to stderr."""
        self.process.send_signal(signal.SIGTERM)
        _, errors = self.process.communicate(timeout=60)
        return self.process.returncode, errors


@contextlib.contextmanager
def served(folder):
    """Yields `Served` on a free port, with small limits."""
    command = [sys.executable, "-m", "learned_update", "demo", "--port", "0"]
    with subprocess.Popen(
        [*command, "--max_megabytes", str(MEGABYTES), "--steps", "3"],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(folder), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Served(process, pathlib.Path(folder))
        finally:
            process.kill()


def listening_addresses(pid):
    """`{(address in hex, port)}` that a process listens on, over IPv4 and 6."""
    sockets = set()
    for handle in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            found = re.fullmatch(r"socket:\[(\d+)\]", os.readlink(handle))
            if found:
                sockets.add(found.group(1))
    addresses = set()
    for table in ("tcp", "tcp6"):
        lines = pathlib.Path(f"/proc/{pid}/net/{table}").read_text().splitlines()
        for fields in (line.split() for line in lines[1:]):
            if fields[3] == "0A" and fields[9] in sockets:
                address, port = fields[1].split(":")
                addresses.add((address, int(port, 16)))
    return addresses


def client(page):
    """A visitor: Gradio's own client."""
    import gradio_client

    return gradio_client.Client(page.url, verbose=False, analytics_enabled=False)


def take(client, *paths):
    """HTML that the page says of files."""
    import gradio_client

    files = [gradio_client.handle_file(str(path)) for path in paths]
    return client.predict(files, api_name="/take")[1]


def learn(client, steps=STEPS):
    """HTML of the last stage."""
    return client.predict("glyphs", UNITS, steps, api_name="/learn")


def features(page, html):
    """What `features.npz` of a last stage holds."""
    (address,) = re.findall(r'href="([^"]*features\.npz)"', html)
    with urllib.request.urlopen(f"{page.url}/{address}") as answer:
        return np.load(io.BytesIO(answer.read()), allow_pickle=False)["X"]


def status(request):
    """Status and text of an answer."""
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
