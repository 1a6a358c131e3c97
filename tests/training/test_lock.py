"""One run per directory, until its process ends."""

import os
import signal
import socket
import subprocess
import sys
import threading

import pytest

from learned_update.training import begin_anew
from learned_update.training.directory.lock import LOCK_FILE, run_lock
from tests import import_graph

HOLDER = """
import sys, time
from learned_update.training.directory.lock import run_lock
with run_lock(sys.argv[1]):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the folder."""
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", HOLDER, str(tmp_path)],
        cwd=import_graph.ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def test_another_process_is_named_and_its_death_frees_the_folder(holder, tmp_path):
    message = (
        f"Another run is at work in {tmp_path}. Expected.*held by process "
        rf"{holder.pid} on {socket.gethostname()}, since 20\d\d-.*Wait for it"
    )
    for enter in (run_lock(tmp_path).__enter__, lambda: begin_anew(tmp_path)):
        with pytest.raises(ValueError, match=message):
            enter()
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    with run_lock(tmp_path):
        assert str(os.getpid()) in (tmp_path / LOCK_FILE).read_text()
    assert (tmp_path / LOCK_FILE).read_text() == ""


def test_who_holds_it_may_enter_again_but_no_other_thread(tmp_path):
    refused = []

    def other():
        try:
            with run_lock(tmp_path):
                pass
        except ValueError as error:
            refused.append(str(error))

    with run_lock(tmp_path):
        with run_lock(str(tmp_path)):
            pass
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert f"held by process {os.getpid()}" in refused[0]
    with run_lock(tmp_path):
        pass


def test_a_folder_that_cannot_be(tmp_path):
    (tmp_path / "file").touch()
    message = r"file/run/.lock could not be written.*Not a directory.*Move away"
    with pytest.raises(OSError, match=message), run_lock(tmp_path / "file" / "run"):
        pass
