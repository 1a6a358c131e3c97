"""A claim of a directory where the file system knows no locks: a file with a heartbeat.

The process that makes the file holds the directory. It says its host, that host's boot
and its own number and start, and touches the file at intervals. A claim is over when
its process is not there any more, which its own host knows at once; others take it to
be over when the file has not been touched for `SILENT` seconds.
"""

import contextlib
import json
import os
import pathlib
import threading

from absl import logging

from learned_update.files import writing
from learned_update.training.directory.process import is_running, this_process

CLAIM_FILE = ".claim"  # hidden, as it is no result
HEARTBEAT = 10.0  # seconds between two touches
SILENT = 90.0  # seconds without one, after which a claim of another host is over
_TRIES = 5  # of taking over, against others that try, too


class ClaimedError(Exception):
    """Another process holds the directory.

    Attributes:
        path: of its claim.
    """

    def __init__(self, path):
        super().__init__(str(path))
        self.path = path


@contextlib.contextmanager
def claim(folder, heartbeat=HEARTBEAT):
    """Holds a folder within the block.

    Args:
        folder: that exists.
        heartbeat: seconds between two touches.

    Raises:
        ClaimedError: another process holds it.
        StorageError: nothing can be written there.
    """
    path = pathlib.Path(folder) / CLAIM_FILE
    said = json.dumps(this_process()) + "\n"
    with writing(path):
        _make(path, said)
    done = threading.Event()
    touching = threading.Thread(
        target=_touch, args=(path, done, heartbeat), name="claim", daemon=True
    )
    touching.start()
    try:
        yield
    finally:
        done.set()
        touching.join()
        with contextlib.suppress(OSError):
            if path.read_text(encoding="utf-8") == said:
                path.unlink()


def _make(path, said):
    for _ in range(_TRIES):
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        except FileExistsError:
            found = _read(path)
            if found is not None and not _is_over(path, found):
                raise ClaimedError(path) from None
            _put_away(path, found)
            continue
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(said)
            file.flush()
            os.fsync(handle)
        return
    raise ClaimedError(path)


def _read(path):
    """What a claim says; None if there is none any more."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None


def _is_over(path, found):
    """Whether nobody holds the claim any more."""
    try:
        running = is_running(json.loads(found))
    except (ValueError, KeyError, TypeError):  # it is being written, or was cut off
        running = None
    if running is not None:
        return not running
    return _silent_seconds(path) > SILENT


def _silent_seconds(path):
    """Seconds since the last touch, by the clock of the file system."""
    now = path.with_name(f"{path.name}-{os.getpid()}")
    try:
        now.touch()
        return now.stat().st_mtime - path.stat().st_mtime
    except FileNotFoundError:
        return SILENT + 1
    finally:
        now.unlink(missing_ok=True)


def _put_away(path, found):
    """Removes a claim that is over, but not one that somebody has made since."""
    aside = path.with_name(f"{path.name}-{os.getpid()}-over")
    with contextlib.suppress(FileNotFoundError):  # somebody else was quicker
        path.rename(aside)
        if _read(aside) == found:
            logging.warning("%s was left by a process that is gone.", path)
        else:
            with contextlib.suppress(FileExistsError):
                os.link(aside, path)
        aside.unlink()


def _touch(path, done, heartbeat):
    while not done.wait(heartbeat):
        try:
            os.utime(path)
        except OSError as error:
            logging.warning("The claim %s could not be touched: %s", path, error)
