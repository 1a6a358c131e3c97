"""Visits: what each visitor has dropped and learned, kept apart and thrown away."""

import collections
import pathlib
import secrets
import shutil
import tempfile
import threading

MOST_VISITS = 30  # of which something is kept; the one that rested longest is ended


class Visit:
    """One open page.

    Args:
        folder: of this visit alone.

    Attributes:
        folder: likewise.
        token: that nobody can guess, in the addresses of its files.
        kept: `Kept`; None before something was dropped.
        read: `Read`, likewise.
        files: `{name: path}` of what can be taken away.
        stopping: whether the course of learning is to end at its next stage.
    """

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.token = secrets.token_urlsafe(16)
        self.kept = None
        self.read = None
        self.files = {}
        self.stopping = False

    def reads(self, dataset):
        """Whether a data set is still the one that was dropped last."""
        read = self.read
        return read is not None and read.dataset is dataset

    def empty(self):
        """Forgets data and results; ends the course under way.

        Returns:
            A new folder for what comes.
        """
        self.stopping = True
        self.kept, self.read, self.files = None, None, {}
        for path in self.folder.iterdir():
            shutil.rmtree(path, ignore_errors=True)
        return pathlib.Path(tempfile.mkdtemp(dir=self.folder))

    def end(self):
        """Removes all files of the visit."""
        self.stopping = True
        self.kept, self.read, self.files = None, None, {}
        shutil.rmtree(self.folder, ignore_errors=True)


class Visits:
    """All open pages, by the key that each browser tab has.

    Args:
        folder: that exists, for the folders of the visits.
        most: visits that are kept.
    """

    def __init__(self, folder, most=MOST_VISITS):
        self._folder = folder
        self._most = most
        self._open = collections.OrderedDict()
        self._lock = threading.Lock()

    def of(self, key):
        """The `Visit` of a key, a new one at first."""
        with self._lock:
            if key not in self._open:
                self._open[key] = Visit(tempfile.mkdtemp(dir=self._folder))
            self._open.move_to_end(key)
            visit = self._open[key]
            rested = [
                self._open.popitem(last=False)[1]
                for _ in range(len(self._open) - self._most)
            ]
        for other in rested:
            other.end()
        return visit

    def end(self, key):
        """Ends the visit of a key, if there is one."""
        with self._lock:
            visit = self._open.pop(key, None)
        if visit is not None:
            visit.end()

    def file(self, token, name):
        """Path of a result; None if no visit has that token, or not such a file."""
        with self._lock:
            visits = list(self._open.values())
        for visit in visits:
            if secrets.compare_digest(visit.token.encode(), token.encode()):
                return visit.files.get(name)
        return None
