"""Arrays that are prepared once and kept on disk.

One entry is a folder with `images.npy`, `labels.npy` (if there are labels) and
`entry.json`: the names of the classes, the key (everything that changes the arrays),
the SHA-256 of both arrays and where the data came from. It is whole or absent.
"""

import contextlib
import hashlib
import json
import pathlib
import re
import shutil
import tempfile
from typing import NamedTuple

import numpy as np
from absl import logging

from learned_update.cache import cache_folder
from learned_update.errors import invalid

FORMAT = 1  # of entries and of the code that prepares them; part of every key
_IMAGES, _LABELS, _DESCRIPTION = "images.npy", "labels.npy", "entry.json"
_DIGITS = 16  # hexadecimal digits of the key's hash in the name of a folder


class Origin(NamedTuple):
    """The file that says what the source of an entry is, to notice if it changes.

    Attributes:
        path: of the file; it need not exist.
        sha256: of its content when the entry was prepared; None if there was none.
    """

    path: str
    sha256: str | None


class Entry(NamedTuple):
    """Prepared arrays.

    Attributes:
        path: folder of the entry.
        images: `(examples, height, width, channels)`, mapped from disk.
        labels: `(examples,)` int32; None if unknown.
        class_names: one name per class.
        origin: `Origin`.
    """

    path: pathlib.Path
    images: np.ndarray
    labels: np.ndarray | None
    class_names: tuple[str, ...]
    origin: Origin


def origin(path):
    """`Origin` of a file as it is now."""
    path = pathlib.Path(path)
    return Origin(str(path), _sha256(path) if path.is_file() else None)


def find(key, cache_dir=None):
    """Finds what was prepared under a key.

    Args:
        key: everything that changes the arrays, by name; as JSON has it.
        cache_dir: see `cache_folder`.

    Returns:
        `Entry`; None if there is none, if it is corrupt (which is logged), or if its
        source has changed since.
    """
    folder = _folder(key, cache_dir)
    if not folder.exists():
        return None
    try:
        entry = _read(folder, key)
    except Exception as error:  # such as any that damaged JSON causes
        logging.warning("%s is corrupt (%s): it is prepared anew.", folder, error)
        return None
    now = origin(entry.origin.path)
    if now.sha256 is not None and now != entry.origin:
        logging.info("%s has changed: %s is prepared anew.", now.path, folder)
        return None
    return entry


def store(key, examples, class_names, batches, source, cache_dir=None):
    """Writes an entry, in place of what was there under its key.

    Args:
        key: see `find`.
        examples: how many there are in all.
        class_names: one name per class.
        batches: iterable of images `(batch, height, width, channels)` and labels
            `(batch,)` int32; -1 for unknown, which all must be then.
        source: `Origin`.
        cache_dir: see `cache_folder`.

    Returns:
        `Entry`.

    Raises:
        ValueError: if there are more or fewer examples, or some have no label.
        OSError: if it cannot be written.
    """
    folder = _folder(key, cache_dir)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _new_folder(folder) as new:
        labels = _write_images(new / _IMAGES, examples, batches)
        _check_labels(key, labels)
        if labels.max() >= 0:
            np.save(new / _LABELS, labels)
        else:
            class_names = ()
        description = {
            "key": key,
            "class_names": list(class_names),
            "origin": source._asdict(),
            "sha256": {path.name: _sha256(path) for path in sorted(new.iterdir())},
        }
        text = json.dumps(description, indent=1, ensure_ascii=False)
        (new / _DESCRIPTION).write_text(text + "\n", encoding="utf-8")
    return _read(folder, key)


def _folder(key, cache_dir):
    text = json.dumps({**key, "format": FORMAT}, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
    readable = re.sub(r"\W+", "_", str(next(iter(key.values()))))
    return cache_folder(cache_dir) / f"{readable}-{digest}"


def _read(folder, key):
    """The entry in a folder; raises `ValueError` if it is not what was written."""
    description = json.loads((folder / _DESCRIPTION).read_text(encoding="utf-8"))
    if description["key"] != key:
        raise ValueError("it has another key")
    for name, expected in description["sha256"].items():
        if _sha256(folder / name) != expected:
            raise ValueError(f"{name} does not have its hash")
    labelled = _LABELS in description["sha256"]
    return Entry(
        path=folder,
        images=np.load(folder / _IMAGES, mmap_mode="r"),
        labels=np.load(folder / _LABELS) if labelled else None,
        class_names=tuple(description["class_names"]),
        origin=Origin(**description["origin"]),
    )


def _write_images(path, examples, batches):
    """Writes batch after batch; returns all labels, `(examples,)`."""
    images, labels, row = None, np.empty(examples, "int32"), 0
    for batch, of_batch in batches:
        if images is None:
            shape = (examples, *batch.shape[1:])
            images = np.lib.format.open_memmap(path, "w+", batch.dtype, shape)
        rows = slice(row, row + len(batch))
        row += len(batch)
        if row <= examples:
            images[rows], labels[rows] = batch, of_batch
    if row != examples:
        raise invalid(
            "A data set does not have as many examples as it says.",
            expected=f"{examples}",
            received=f"{row}",
            remedy="Its files are incomplete: prepare it again.",
        )
    images.flush()
    return labels


def _check_labels(key, labels):
    unknown = np.count_nonzero(labels < 0)
    if 0 < unknown < len(labels):
        raise invalid(
            f"Some examples of {key['source']!r} have no label.",
            expected="labels for all examples, or for none",
            received=f"{unknown} of {len(labels)} without, in split {key['split']!r}",
            remedy="Name a split that has labels.",
        )


@contextlib.contextmanager
def _new_folder(folder):
    """Yields a folder beside `folder` that takes its place when the block succeeds."""
    temporary = pathlib.Path(tempfile.mkdtemp(dir=folder.parent, prefix="."))
    new, old = temporary / "new", temporary / "old"
    try:
        new.mkdir()  # unlike `mkdtemp`, with the permissions that the user wants
        yield new
        with contextlib.suppress(FileNotFoundError):
            folder.rename(old)
        try:
            new.rename(folder)
        except OSError:
            if not folder.exists():  # or another process was faster: the same data
                raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
