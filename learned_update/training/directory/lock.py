"""One run per directory: a lock that ends with the process, however it ends."""

import contextlib
import contextvars
import errno
import fcntl
import json
import pathlib

from learned_update.errors import invalid
from learned_update.files import utf8_text, writing
from learned_update.training.directory.claim import ClaimedError, claim
from learned_update.training.directory.process import this_process

LOCK_FILE = ".lock"  # hidden, as it is no result
_TAKEN = (errno.EAGAIN, errno.EACCES)
_UNKNOWN = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)

# Directories that the code around this holds: whoever is called by it may lock again.
_held = contextvars.ContextVar("held", default=frozenset())


@contextlib.contextmanager
def run_lock(run_dir):
    """Holds a run directory within the block, alone of all processes.

    It is a lock of the operating system (`flock`) on a file that stays: a process that
    is killed, or a machine that stops, gives it back. Network file systems that know
    such locks (NFS since Linux 2.6.12, Lustre with `flock`, CephFS) keep them between
    hosts; where there are none, a file with a heartbeat takes their place (`claim`).
    Within the block the same thread may enter again.

    Args:
        run_dir: folder of the run; made if needed.

    Raises:
        ValueError: another run holds it; the message names its process.
        StorageError: the folder cannot be made, or nothing can be written in it.
    """
    path = pathlib.Path(run_dir).resolve() / LOCK_FILE
    if path in _held.get():
        yield
        return
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="utf-8")
    with file, _locked(file, path):
        with writing(path):
            file.truncate(0)
            file.write(json.dumps(this_process()) + "\n")
            file.flush()
        token = _held.set(_held.get() | {path})
        try:
            yield
        finally:
            _held.reset(token)
            with contextlib.suppress(OSError):  # the lock ends in any case
                file.truncate(0)


def _locked(file, path):
    """A block in which nobody else has the lock, which ends with the file."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _UNKNOWN:
            return _claimed(path)
        if error.errno in _TAKEN:
            raise _refusal(path) from None
        raise
    return contextlib.nullcontext()


@contextlib.contextmanager
def _claimed(path):
    """As `claim`, refused in the same words."""
    try:
        with claim(path.parent):
            yield
    except ClaimedError as error:
        raise _refusal(error.path) from None


def _refusal(path):
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        holder = "process {process} on {host}, since {since}".format(**said)
    except (OSError, ValueError, KeyError, TypeError):  # it has just begun, or ends
        holder = "a process that has not said its name"
    return invalid(
        f"Another run is at work in {utf8_text(path.parent)}.",
        expected="a directory that no other process writes a run in",
        received=f"one held by {holder}",
        remedy="Wait for it, stop it, or name another run directory. The lock ends "
        "with its process; the file need not be removed. (Where the file system knows "
        "no locks and the process was on another host: at most two minutes after it.)",
    )
