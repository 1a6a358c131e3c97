"""A connection between two processes of a run, which notices when one is lost."""

import contextlib
import json
import os
import queue
import socket
import sys
import threading

LOST = 75  # exit status; EX_TEMPFAIL of sysexits.h: the same command may succeed
BEAT = 5.0  # seconds between signs of life
SILENCE = 60.0  # seconds without one, after which a process is lost


def lost(name):
    """Says that a process is lost and ends this one, whatever it waits for."""
    sys.stdout.flush()
    print(
        f"\nlearned-update: {name} of this run was lost. This process ends, too; the "
        "same command, given again on all hosts, goes on from the last checkpoint.",
        file=sys.stderr,
        flush=True,
    )
    os._exit(LOST)


class Line:
    """Messages to and from another process, a line of JSON each.

    Two threads send signs of life and receive. They end this process by `lost` if
    nothing comes for `SILENCE` seconds, or the other end closes without a word.

    Args:
        connection: socket to it.
        file: of the socket, to read lines from.
        name: of the other process, for people.
    """

    def __init__(self, connection, file, name):
        self.name = name
        self._socket = connection
        self._file = file
        self._received = queue.Queue()
        self._sending = threading.Lock()
        self._ended = threading.Event()
        connection.settimeout(SILENCE)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        threading.Thread(target=self._beat, daemon=True).start()

    def send(self, kind, value):
        """Sends a message; a line that is broken is noticed by the reader."""
        with contextlib.suppress(OSError), self._sending:
            self._socket.sendall(json.dumps([kind, value]).encode() + b"\n")

    def receive(self, kind, patience=None):
        """The value of the next message, which must be of a kind.

        Args:
            kind: of message; another one means that the two do different things.
            patience: seconds to wait; None waits until it comes or the other is lost.
        """
        try:
            received, value = self._received.get(timeout=patience)
        except queue.Empty:
            lost(self.name)
        if received != kind:
            lost(self.name)
        return value

    def wait(self, seconds):
        """Waits so long, in which this process ends if the other is lost."""
        self._reader.join(seconds)

    def end(self):
        """From now on the other may close."""
        self._ended.set()

    def close(self):
        """Closes without a word."""
        self._ended.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._reader.join()
        self._file.close()
        self._socket.close()

    def _read(self):
        while True:
            try:
                text = self._file.readline()
            except OSError:  # a timeout, or a broken connection
                text = ""
            if not text:
                if not self._ended.is_set():
                    lost(self.name)
                return
            kind, value = json.loads(text)
            if kind != "beat":
                self._received.put((kind, value))

    def _beat(self):
        while not self._ended.wait(BEAT):
            self.send("beat", None)
