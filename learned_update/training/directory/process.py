"""Which process this is, told so that others can see whether it still runs."""

import datetime
import os
import pathlib
import socket

_BOOT = pathlib.Path("/proc/sys/kernel/random/boot_id")
_START_FIELD = 19  # of /proc/PID/stat after the name: ticks from boot to start


def this_process():
    """A dict for JSON: host, its boot, process, its start, and the time now."""
    now = datetime.datetime.now(datetime.timezone.utc)
    return {
        "host": socket.gethostname(),
        "boot": _boot(),
        "process": os.getpid(),
        "start": _start(os.getpid()),
        "since": now.isoformat(timespec="seconds"),
    }


def is_running(said):
    """Whether the process of such a dict runs; None if it is one of another host.

    Args:
        said: as of `this_process`.
    """
    if said["host"] != socket.gethostname():
        return None
    if said["boot"] != _boot():
        return False
    try:
        os.kill(said["process"], 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it is there, and somebody else's
        pass
    return said["start"] in (None, _start(said["process"]))


def _boot():
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:  # not Linux
        return None


def _start(process):
    """Ticks from boot to the start of a process; None where nobody says."""
    try:
        text = pathlib.Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except OSError:
        return None
    return int(text.rpartition(")")[2].split()[_START_FIELD])
