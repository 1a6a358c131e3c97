"""One run per directory, until its process ends."""

import errno
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

from learned_update.training import begin_anew
from learned_update.training.directory.claim import CLAIM_FILE, SILENT, claim
from learned_update.training.directory.lock import LOCK_FILE, run_lock
from learned_update.training.directory.process import this_process
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


UNLOCKED = """
import errno, fcntl
def flock(*_):
    raise OSError(errno.ENOLCK, "No locks available")
fcntl.flock = flock
"""


@pytest.fixture
def no_locks(monkeypatch):
    """The file system knows none."""

    def flock(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", flock)


def write_claim(folder, silent=0.0, **changed):
    path = folder / CLAIM_FILE
    path.write_text(json.dumps({**this_process(), **changed}))
    then = time.time() - silent
    os.utime(path, (then, then))


def test_a_claim_takes_the_place_of_a_lock(no_locks, tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", UNLOCKED + HOLDER, str(tmp_path)],
        cwd=import_graph.ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout.readline() == "held\n"
        message = rf"held by process {process.pid} on {socket.gethostname()}, since"
        with pytest.raises(ValueError, match=message), run_lock(tmp_path):
            pass
        process.kill()
        process.wait()
        with run_lock(tmp_path):
            said = json.loads((tmp_path / CLAIM_FILE).read_text())
            assert said["process"] == os.getpid()
    finally:
        process.kill()
        process.communicate()
    assert [path.name for path in tmp_path.iterdir()] == [LOCK_FILE]


@pytest.mark.parametrize(
    ("silent", "changed", "free"),
    [
        (0, {"host": "elsewhere"}, False),
        (SILENT - 30, {"host": "elsewhere"}, False),
        (SILENT + 30, {"host": "elsewhere"}, True),
        (0, {"boot": "another"}, True),  # the machine was started again
        (0, {"start": 1}, True),  # the number is another process's now
        (SILENT + 30, {}, False),  # it is there, if stopped
    ],
)
def test_when_a_claim_is_over(no_locks, tmp_path, silent, changed, free):
    write_claim(tmp_path, silent, **changed)
    if free:
        with run_lock(tmp_path):
            pass
        assert [path.name for path in tmp_path.iterdir()] == [LOCK_FILE]
        return
    host = changed.get("host", socket.gethostname())
    with (
        pytest.raises(ValueError, match=f"{os.getpid()} on {host}"),
        run_lock(tmp_path),
    ):
        pass
    assert (tmp_path / CLAIM_FILE).is_file()


def test_a_claim_is_touched_while_it_is_held(tmp_path):
    with claim(tmp_path, heartbeat=0.01):
        path = tmp_path / CLAIM_FILE
        os.utime(path, (0, 0))
        while path.stat().st_mtime == 0:
            time.sleep(0.005)
    assert not path.exists()


def test_a_claim_that_was_cut_off_counts_while_it_is_new(no_locks, tmp_path):
    (tmp_path / CLAIM_FILE).write_text('{"host": "els')
    with pytest.raises(ValueError, match="not said its name"), run_lock(tmp_path):
        pass
    os.utime(tmp_path / CLAIM_FILE, (0, 0))
    with run_lock(tmp_path):
        pass
